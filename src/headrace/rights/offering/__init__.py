"""Offers of works under guarantees of exposure.

offers.py      the problem
allocation.py  the best offers, and the price of each guarantee
conflict.py    the smallest set of guarantees that cannot hold together
online.py      offers one at a time, without knowing who comes next
"""
