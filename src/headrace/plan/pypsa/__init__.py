"""Plans to PyPSA and back: a witness of ours, and networks of others as plans. Nothing here imports
PyPSA unasked.

write.py    one tree node at fixed sizes as a PyPSA network, and its netCDF
read.py     a netCDF as tables, with netCDF4 alone
world.py    the hours of one scenario as rows and columns
problem.py  a network with its scenarios as a `blocks.Problem`
"""
