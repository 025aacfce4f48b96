"""Files, as strangers give them and as readers find them.

inputs     the one door for what is read: regular files, bounded, named literally
packed     gzip, bounded by what it unpacks to
database   DuckDB that reads one named file and nothing else
memory     how much may be taken, asked before it is
"""
