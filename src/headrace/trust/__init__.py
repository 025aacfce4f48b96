"""Answers and money kept apart, and the proof of it; usable without a plan.

Kept apart by construction
    ranking           an answer is ranked and frozen before bids are seen
    auction           slots beside the answer are sold: VCG, and second price for contrast
    noninterference   a search for bids that move an answer (pytest_plugin: as a fixture)

Audited from outside
    log, log_reader, write   the log under audit: which column plays which part
    refuse                   logs from which nothing can be learnt, each with its reason
    features, covariance     centred columns, and the statistic clustered by query
    scrapes                  gaps, ties, cut lists, missing values: closed up, and told
    treatments               several things that are paid for, or groups, each with a verdict
    specifications           every defensible way to run the test, side by side
    sensitivity, calibration what an unseen driver could fake; whether a randomisation was one
    declared_score           whether the score that a platform declares is what ranks
    design                   what is known, and said, before the result
    audit                    biased, paid ranks higher, no bias above a size, or cannot tell
    pairs                    published comparisons of two neighbours as a log
    dossier                  choices registered before the data, hashes, the page to file
    exposure                 logs without lists (bandit logs)
    picture                  what can be seen with the eye
    boxes, replay            a black box asked with ads on and off
    replay_plan, judging     how many questions it takes; flips, and the permutation test
    answers                  what an answer in words recommends: order, negation, prices

What it is worth
    stock             trust wears, repairs and jumps; which bias would ever pay

With a known answer
    simulated_logs, pay_to_rank   logs of simulated marketplaces
"""
