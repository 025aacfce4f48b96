"""The rights room from the terminal, without a plan: `headrace settle`, `ledger`."""

from headrace.show.cli.rights.ledger import ledger
from headrace.show.cli.rights.settle import as_json, settle

__all__ = ["as_json", "ledger", "settle"]
