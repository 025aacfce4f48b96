"""Contracts in money: what is committed, used, guaranteed, lent, hedged.

contracts_file  what was signed beside a plan, by kind
branch_cash  what that brings on each branch; nets by counterparty
warrants     valued by odds that reprice today's share
commitment   hours paid for whether used or not; used and unused rows that add up to the bill
take_or_pay  how much to contract when a part is paid in any case
"""
