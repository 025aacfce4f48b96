"""What nobody knows yet, and how well we have said so.

history        what was seen: value, unit, source, date, status, and whether it was rationed
priors         the dated record of what was believed before any history was read
process        how a thing moves: damped trend, or pulled back to a mean; a filter over draws
fit            history and prior into weighted draws; the emcee sampler where few of them count
baseline       last value and damped trend (statsmodels), each as a distribution
copula         which futures come together: Gaussian, t, Clayton
paths          joint paths, where parts add up draw by draw; quantiles of them
forecast_file  one JSON of quantiles with the hashes of what went in, written once
scores         CRPS on the log scale, log score, coverage, width; rolling origins
reduction      many paths to few: optimal subsets and quantisation
tree           a scenario tree from joint paths, and how steady it is from seed to seed
    tree_files     trees and paths as CSV; a study with its tree in place of its beliefs
"""
