"""What would the plan be worth, if? A library of solved plans that answers with proofs.

A metaphor, no neural network: the world is the study, and what is known of it are plans.

world_file    the box that is asked about: a study, what may move, from where to where
theorems      what moving a number changes in the problem, and what that allows to prove
stored        one solved plan: its worth and its bound, and how both move
bounds        what a library proves at a point
library       the plans in a DuckDB file, by the hash of study and code, with all that was asked
ask           an answer: from the library where it will do, else a solve that is stored
"""
