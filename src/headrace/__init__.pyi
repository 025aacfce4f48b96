"""The types of the names that `__init__.py` loads when they are asked for."""

from headrace.api.asking import ask as ask
from headrace.api.asking import discover as discover
from headrace.api.beliefs import forecast as forecast
from headrace.api.beliefs import score as score
from headrace.api.beliefs import tree as tree
from headrace.api.comparison import compare as compare
from headrace.api.plan import Plan as Plan
from headrace.api.plan import open_plan as open
from headrace.api.reference import catalogue as catalogue
from headrace.api.reference import examples as examples
from headrace.api.reference import explain as explain
from headrace.api.reference import schema as schema
from headrace.api.reference import verify as verify
from headrace.api.rooms import audit as audit
from headrace.api.rooms import fleet as fleet
from headrace.api.rooms import integrate as integrate
from headrace.api.rooms import settle as settle
from headrace.api.rooms import size as size
from headrace.api.rooms import tariff as tariff
from headrace.api.study import StudyHandle as Study
from headrace.api.study import read as read
from headrace.api.sweep import sweep as sweep
from headrace.api.table import ResultTable as Table
from headrace.core.errors import HeadraceError as HeadraceError
from headrace.core.errors import InputError as InputError

__version__: str
__all__ = [
    "HeadraceError",
    "InputError",
    "Plan",
    "Study",
    "Table",
    "__version__",
    "ask",
    "audit",
    "catalogue",
    "compare",
    "discover",
    "examples",
    "explain",
    "fleet",
    "forecast",
    "integrate",
    "open",
    "read",
    "schema",
    "score",
    "settle",
    "size",
    "sweep",
    "tariff",
    "tree",
    "verify",
]
