"""The compiled event kernel: arrivals, engine steps and an agenda, in order of time.

    layout      what is remembered of a request, a replica, a pool
    compiled    how its pieces are compiled
    heaps       next replica to finish, next decode to end, next item of the agenda
    stepping    how long a step takes, and how many steps fit into a while
    loads       how many requests a replica holds, and who holds the fewest
    prefix      which prompt blocks a replica remembers
    queues      who waits where
    batching    what the next step of a replica holds
    completing  what a finished step changes
    metering    energy, work and tokens by bucket of time
    releasing   requests that the end of others lets come
    dispatching into a queue, a lobby, or out
    routing     where a request goes
    control     warm-up, draining, failures, limits, autoscaling
    loop        the loop
    columns     requests into records, and back

Semantics are written down once, in docs/decisions/0033; `headrace.models.fleet.reference` says the
same step by step.
"""
