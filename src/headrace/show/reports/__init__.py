"""Pages: each is one HTML file that loads nothing, made on the one skeleton of page.py.

page.py           the skeleton: style, policy, scripts, sections, whole writes
plan_report.py    a run folder's report; plan_page.py its body, plan_sections.py its sections
plan_header.py    the answer in two sentences and the figures that frame it
plan_status.py    what may be said of a run that did not finish
tariff.py         tariffs, break-even sets, prices by deadline
market_section.py what is sold, at which price, to whom
deep_section.py   the bet: regret, terminal value, what knowing is worth
sources.py        every figure with its birth certificate
plan_data.py      what the page of a plan draws
price_sweep.py    one price from end to end
fleet_replay.py   a trace on a fleet, with a cut of power or without
serving_frontier.py  the Pareto frontier of serving
plan_replay.py    hours of a plan, request by request
unseen.py         a plan on futures that it never saw
audit.py          did money move the ranking
dossier.py        an audit filed whole, with its hashes
settlement.py     a settled month; payee_statement.py what one payee gets
discovery.py      a law sought in plans, and what became of it
forecast.py       what may come of every series
integration.py    what each layer is worth to own
bet.py            the bet: by size, by tail, by what decides
back_test.py      the forecast held against what came
"""
