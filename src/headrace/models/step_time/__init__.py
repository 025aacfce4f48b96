"""How long one engine step takes, and what it draws.

table                  the step table that searches and simulators read
providers              the first provider that can fill one
roofline               times from the speed of light and overhead per layer
calibration            the roofline's costs and its pooled correction, from measurements
cross_validation       predictions of rows that no law has seen; refits the shipped calibration
fair_scores            their errors beside the library's and those of naive rules
measured_deployments   a published table of measured deployments in the roofline's terms
user_measurements      the user's own load points
own_calibration        what a handful of them say of the law
aiconfigurator         step tables from NVIDIA's kernel data base (extra `kernel`)
fill_tables            fills the step tables that come with Headrace
"""
