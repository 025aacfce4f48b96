"""Tokens become revenue.

shape     hourly shapes of demand over a year
demand    products as demands: quantity, shape, price, deadline
"""
