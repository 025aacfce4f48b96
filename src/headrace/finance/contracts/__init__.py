"""Contracts in money: what is committed, used, guaranteed, lent, hedged.

commitment   hours paid for whether used or not; used and unused rows that add up to the bill
take_or_pay  how much to contract when a part is paid in any case
"""
