"""The scientist: a question file in, a law that survived or "no law" out.

question      the file, frozen; recipe: what is varied and the inputs of laws
world         what answers; plan_world: the study's own plans, solved
design        where it is asked; readings: what came, as arrays
judge         every rule by which a candidate lives or dies
notebook      every answer as it comes, so that a run may be stopped and goes on to the same end
proposer      forms from a language model, if asked for; judged like all others
discover      the steps in order; finding: what they came to
"""
