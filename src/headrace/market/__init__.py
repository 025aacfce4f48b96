"""Tokens become revenue.

What the plan reads
    shape        hourly shapes of demand over a year
    demand       products as demands: quantity, shape, price, deadline

Subscribers
    cohorts      how long they stay: constant, shifted beta-geometric, beta discrete Weibull
    accounts     people, money and tokens by cohort, in whole numbers that add up
    caps         what a cap does to lognormal use
    rivals       logit choice with an outside option; tangents of concave revenue
    experiments  how many people a price experiment needs

Tariffs
    menus        menus of bundles; the best that any menu can earn, by lotteries
    tariffs      free, per use, two-part, flat, packs beside that best
    off_peak     prices by deadline, posted before the hour, and users who answer
    clips        break-even cost of a clip: what public points can decide
    tariff_file  the YAML that asks for these

Others
    ads          two-rate response to advertising, from an experiment; the best load
    capability   from what a model can do to the paid work it can be asked for
"""
