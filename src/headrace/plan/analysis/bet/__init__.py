"""The bet: what committing more or less now earns on each branch, and what it hangs on.

commit_sizes     the plan's orders of this month, scaled, against one another on every branch
tail_frontier    mean and tail of the plans that weigh the tail more and more
no_regret        orders that every plan within a few per cent of the best one places
answers          all of them about one study
deciding_inputs  inputs whose own range, by their source, holds a value at which the orders change
"""
