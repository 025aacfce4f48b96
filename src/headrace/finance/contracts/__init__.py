"""Contracts in money: what is committed, used, guaranteed, lent, hedged.

kinds           the kinds of contracts, one class each
contracts_file  what was signed beside a plan, read from a file
contract_flows  what each kind brings on a branch, year by year
branch_cash     that on all branches of a plan; nets by counterparty
warrants        valued by odds that reprice today's share
commitment      hours paid for whether used or not; used and unused rows that add up to the bill
billed_rows     those rows for the contracts of a plan
take_or_pay     how much to contract when a part is paid in any case
"""
