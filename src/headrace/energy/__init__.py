"""Sun, wind, fuel and grid become electrons at a site.

technology         a catalogue row of what can be built or bought, with its sources
learning           its cost in later years, by the curves of the Annual Technology Baseline
price_level        money of one year in money of another
weather/           the hours of a site: readers, download, moist air, resampled years
solar, wind        weather to capacity factors
thermal            what heat, thin air and age leave of a plant; its fuel at part load
capacity_factor    one question for every technology: the share of its nameplate in each hour
battery            how cells age, and what a year of that costs
power_path         the losses between the bus and the chip, on an AC or a DC bus
grid               the right to take power: price windows, peaks, curtailment
contracts          staged payments, reservations, rented power, power purchase
contract_assets    the same as assets of a plan
own_series/        tables of the planner's own: hours, months and years, checked
meter              what a study writes of its grid, as nouns of the plan
site               everything that may stand at one site, as nouns of the plan
operating_limits   what the plan must know of running a plant, as straight lines
unit_outages       how often units fail and when they are in service, as nouns of the plan
unit_dispatch      whole units run over a given output, exact
outages            forced and planned outages, and their exact expectation
reliability        Monte Carlo of a fleet with a store (`reliability_kernel` is compiled)
backup             survival of an outage of the grid, exact
microgrid          sun, battery and gas without a grid, in a fixed order
"""
