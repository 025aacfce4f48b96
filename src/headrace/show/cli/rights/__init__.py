"""The rights room from the terminal, without a plan: `headrace settle`, `ledger`, `rights`."""

from headrace.show.cli.rights.books import ledger
from headrace.show.cli.rights.licensing import rights
from headrace.show.cli.rights.settling import as_json, settle

__all__ = ["as_json", "ledger", "rights", "settle"]
