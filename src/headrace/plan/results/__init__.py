"""What a solution means: from columns back to physics, money and words.

dispatch                 what runs, what stands, and the flows at every bus
hourly_balance           the hours as books that add up to zero
flows                    the chain in yearly amounts: electricity, accelerator-hours, dollars
cash_flow                every dollar of the objective on one line
unit_cost                what a unit of a product costs, part by part
order_value              what each order is worth, between bounds
shadow_prices            what one more unit of a limit is worth
order_text               orders in words
weather_years            what each year of weather means for a plan, and which binds
unit_commitment_check    the fuel of whole units beside the plan's
reserve_check            what the reserve really covers
outage_check             whether units that fail one by one leave the load carried
input_sources            every figure with its source
plan_record              all of it as the plan file
"""
