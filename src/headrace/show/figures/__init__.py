"""One picture per file: each takes a stored result and returns plain values or SVG, the same for
report, app and notebook.

    order_value.py       orders now: words, worth on one scale, arrival
    branch_gains.py      what an order gains or loses on each branch
    cash_fan.py          cash by year, undiscounted, on every branch
    scenario_tree.py     the tree as a river of what stands; node_card.py says what happens there
    pathways.py          what is ordered on which signal, as a map of lines that part
    sankey.py            the chain of one node; flow_balance.py makes its widths balance
    dispatch.py          hour by hour
    waterfall.py         what one unit of a product costs
    regret.py            what other ways of deciding lose
    certificate.py       bounds, residuals, whole units
    segments.py          what is ordered at each price
    technology_share.py  share of a technology by its capex, gas and carbon price
    fleet_replay.py      latencies, queue and power of a fleet over time
    serving_frontier.py  throughput against the speed that one user sees
    audit.py             the evidence of an audit
    settlement.py        a settled period by rule
    tariffs.py           tariffs beside the best there can be, and what public points decide
    market.py            what is sold: revenue, recurring revenue, cohorts, branches
    fan_chart.py         what may come of a series, with what was seen
"""
