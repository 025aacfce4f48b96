"""Find out what a study may say: examples, catalogue rows, keys, and what is wrong with a text.

python docs/tutorials/look_things_up.py
"""

import headrace as hr

print(hr.examples())
print(hr.catalogue("gas.engine"))  # every figure with its range, date and source
print(hr.explain("sites.grid.limit"))
print(hr.explain("worth"))
study = hr.read("gas_first")
print(study.but({"sites.greensboro.grid.limit": "100 MW"}).diff(study))
try:
    hr.read("study: mine\nhorizon: {start: 2027-01, stages: [6 MW]}\n")
except hr.InputError as error:
    print(error)  # each mistake at its line, with what helps
