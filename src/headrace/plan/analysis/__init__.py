"""Questions about a plan: each is a few more plans, each answer stands between certified bounds.

breakeven.py             at which price does a technology enter the plan
parametric.py            every price at which the best plan changes
price_sweep.py           one price from end to end, with the plans in between
technology_share.py      share of the electricity that a technology gives, by its price
wait_and_see.py          the plan of somebody who knows which branch comes
mean_value.py            the plan of somebody who takes the mean for what comes
value_of_information.py  what knowing is worth: EVPI, VSS
adequacy.py              plan and Monte Carlo in turn, until the load is carried through outages
licensing_time.py        the belief that cheap reactors are licensed faster; off unless asked for
what_if.py               between which bounds a changed study lies, without a solve
replan.py                its best plan, from a plan much like it
deep/                    what `headrace plan --deep` asks of a finished plan
"""
