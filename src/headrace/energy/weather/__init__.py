"""Weather of a site, hour by hour.

series      a checked year, and the stations that travel with the package
readers/    weather files: TMY3, TMY2, EPW, PVGIS, NSRDB, SAM, NASA POWER, plain CSV
sun         where the sun stands over a place
sun_check   a file's clock, place, units and columns against the sun
download    typical years of PVGIS, kept in a folder with their checksums
moist_air   vapour pressure, wet bulb, pressure at altitude
years       more years, resampled from one
"""
