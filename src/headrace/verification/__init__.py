"""Outside results beside ours (`headrace verify`), and the attackers and simulators they need.

The registry
    registry                checks, rows, tolerances; each room's file below registers its own

Checks by room
    beliefs                 reductions, copulas, scores, smoothing; rolling origins
    energy                  reliability test system, weather, solar stations
    compute                 halls and supply
    models, silicon, fleet  serving, video, training, power; time per token; the fleet simulator
    published_frontier      frontier points that others published
    market, market_plan     cohorts, choice, menus, caps, ads, accounts; what needs a plan
    published_frontier      frontier points that others published
    rights, ledger          apportionment, Shapley value, settlement; the ledger under attack
    trust                   promises of the auditor, re-run; trust_published: beside others' figures
    finance                 levelised cost, tax law, pro forma
    science, science_laws   boxes, sensitivities, bands, bounds; laws to be found, laws not to be
    plan                    needs a plan: plan_energy, plan_breakeven, plan_stochastic

What the checks attack, simulate or replay
    ledger_attacks          what the owner of a ledger file can do to it
    ledger_crashes          writers killed at random moments
    leaking_recommenders    recommenders that leak money into the organic answer
    faulty_logs             logs from which nothing can be learnt, one per reason to refuse
    ranking_data            money planted in answers of LightGBM's ranking example
    audit_power             whether the auditor keeps the power it prints
    rights_measurements     speed and memory, each in a fresh process
    rts79                   the IEEE Reliability Test System of 1979
    deepseek_day            a published day recomputed from its own figures
    deepseek_fleet          the same day replayed with autoscaling
"""
