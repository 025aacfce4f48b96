"""Tokens a second of an accelerator under a latency promise.

operating_point       a promise, one way to serve that keeps it, every way at once
frontier              every layout and batch that fits, priced by the calibrated roofline
percentile_promises   from promised percentiles to the means of a serving point
config_search         the same over step tables, with prompts read apart or together
product_rate          a study's products as rates of a plan
study_offers          the same with the study's own shapes, parts and measurements
"""
