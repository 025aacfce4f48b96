"""The words everybody uses; no room of the house is below this one.

errors           the tree of errors and what a fault tells: where, found, expected, the fix
units            written in every study, checked when read, gone inside
quantities       types of a study's numbers, each with the unit it must be written in
arrays           the array types and the length of the weather year
catalogue        rows of figures with their birth certificate
ids              identities: what a thing of a study is, made once
uncertainty      what nobody can know yet, by type
components       the nouns of the optimiser: bus, converter, store, demand, asset
study/           the study: every key with a unit, a meaning and a default
study_reader     YAML in, a checked study out, every problem at its line
study_checks     what one key alone cannot tell: references, probabilities, trees
study_bounds     how large a study may be, and what stands beside what may stand
partial_study    what can be checked of a study some keys of which cannot be read
study_notes      what is right in a study and may not be meant: rounded, free, too late
run_folder       a run is a folder; every view reads it
hourly_store     what flows in each hour of a tree node, as Parquet
plan_file/       the contract of plan.json, the deep answers included
json_records     records to JSON and back
audit_run        a run proved again from its files alone
atomic_write     files whole or absent, and a full disk in words
"""
