"""Electrons become accelerator-hours.

accelerator   what one costs, draws and can do at its best
facility      the hall: hourly power usage effectiveness from the weather
hall_assets   the same as nouns of the plan
supply        deliveries, slips, and the ways to pay: bought, leased, rented, sublet
rental        accelerators in somebody else's hall, as nouns of the plan
failures      the share that is up, spares, and what is left with age
"""
