"""ODRL 2.2 (W3C Recommendation, 15 February 2018): read, judged, and written.

graph.py       texts as graphs: JSON-LD or Turtle, nothing fetched
model.py       policies as values
reading.py     graphs into policies, or the clause that is not understood
licences.py    policies into licences, never wider than they are written
evaluating.py  a request against policies as they stand
writing.py     licences as ODRL
"""

from headrace.rights.odrl.evaluating import PolicyRequest, StateOfWorld, evaluate
from headrace.rights.odrl.licences import from_odrl
from headrace.rights.odrl.policies import read_policies
from headrace.rights.odrl.writing import to_odrl

__all__ = ["PolicyRequest", "StateOfWorld", "evaluate", "from_odrl", "read_policies", "to_odrl"]
