"""What works and their owners are called elsewhere.

identifiers.py   ISRC, ISWC, EIDR of works, IPI and ISNI of parties: read, and their check digits
cwr.py           Common Works Registration files: who owns which part of a work
"""
