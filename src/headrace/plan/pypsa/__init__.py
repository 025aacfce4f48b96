"""Plans to PyPSA and back: a witness of ours, and networks of others as plans. Nothing here imports
PyPSA unasked.

exporter.py    one tree node at fixed sizes as a PyPSA network, and its netCDF
components.py  what becomes of each noun of a plan in that network
netcdf.py      a netCDF as tables, with netCDF4 alone
scenario.py    the hours of one scenario as rows and columns
refusals.py    what of a network cannot be imported, by name
importer.py    a network with its scenarios as a `lp.problem.Problem`
verdict.py     the imported network solved: is the plan PyPSA's?
"""
