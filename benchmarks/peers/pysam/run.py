"""PySAM's single-owner model with debt sized by coverage: what it lends, year by year, as JSON.

Run in the environment of requirements.txt; stdin carries {revenue_usd, cost_usd, rate, dscr, tenor,
capex_usd, growth}: a yearly revenue that grows at `growth` and a level cost. Fees, reserves,
taxes, insurance and inflation are off, so that what is left is the debt; what is still on is told
in `left_on`.
"""

from __future__ import annotations

import json
import sys

import PySAM
import PySAM.Singleowner as Singleowner

OFF = {
    "FinancialParameters": {
        "construction_financing_cost": 0.0, "cost_debt_closing": 0.0, "cost_debt_fee": 0.0,
        "cost_other_financing": 0.0, "dscr_limit_debt_fraction": 0.0, "dscr_reserve_months": 0.0,
        "equip1_reserve_cost": 0.0, "equip2_reserve_cost": 0.0, "equip3_reserve_cost": 0.0,
        "inflation_rate": 0.0, "insurance_rate": 0.0, "loan_moratorium": 0.0,
        "months_receivables_reserve": 0.0, "months_working_reserve": 0.0,
        "property_tax_rate": 0.0, "reserves_interest": 0.0, "salvage_percentage": 0.0,
        "federal_tax_rate": [0.0], "state_tax_rate": [0.0], "debt_option": 1.0,
        "payment_option": 0.0,
    },
}  # fmt: skip
ENERGY = 1e8  # kWh a year


def lent(asked: dict[str, float]) -> dict[str, object]:
    model = Singleowner.default("CustomGenerationProfileSingleOwner")
    for group, values in OFF.items():
        for name, value in values.items():
            setattr(getattr(model, group), name, value)
    years = int(asked["tenor"])
    model.FinancialParameters.analysis_period = years
    model.FinancialParameters.term_tenor = years
    model.FinancialParameters.term_int_rate = 100 * asked["rate"]
    model.FinancialParameters.dscr = asked["dscr"]
    model.SystemOutput.gen = [ENERGY / 8760] * 8760
    model.SystemOutput.system_pre_curtailment_kwac = [ENERGY / 8760] * 8760
    model.SystemOutput.annual_energy_pre_curtailment_ac = ENERGY
    model.SystemOutput.degradation = [0.0]
    model.Revenue.ppa_soln_mode = 1
    model.Revenue.ppa_price_input = [asked["revenue_usd"] / ENERGY]
    model.Revenue.ppa_escalation = 100 * asked["growth"]
    for name in ("om_capacity", "om_production"):
        setattr(model.SystemCosts, name, [0.0])
    model.SystemCosts.om_fixed = [asked["cost_usd"]]
    model.SystemCosts.om_fixed_escal = 0.0
    model.SystemCosts.total_installed_cost = asked["capex_usd"]
    model.execute(0)
    out = model.Outputs
    return {
        "version": PySAM.__version__,
        "debt_usd": out.size_of_debt,
        "cash_usd": list(out.cf_cash_for_ds)[1:],
        "balance_usd": list(out.cf_debt_balance),
        "service_usd": list(out.cf_debt_payment_total)[1:],
        "coverage": list(out.cf_pretax_dscr)[1:],
        "left_on": "depreciation, which touches no cash without tax",
    }


if __name__ == "__main__":
    print(json.dumps(lent(json.load(sys.stdin))))
