"""Whether, when and by whom: what formulas say beside a plan.

real_options   when to invest in what moves at random; American and exchange options
coalitions     Shapley values and interactions of a game whose values are intervals
supplier       a supplier that picks its price against what is bought at it, alone or in a chain
rent_or_buy    the use at which owning an accelerator is cheaper than renting it
regret         what each choice may cost against the best one in hindsight; mean of a tail
"""
