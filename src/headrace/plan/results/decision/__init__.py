"""What is weighed beside the orders of this month.

cash_by_year    undiscounted cash of every node by calendar year, and what is due for an order
alternatives    the plans that place no order now, or ever, solved beside the plan
sheet           orders with payments and branches, their sum, and the alternatives, as records
"""
