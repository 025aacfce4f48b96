"""What a regulator files: choices registered before the data, hashes of all of it, findings.

plan         choices written down before the data are looked at, with a hash to publish
evidence     hashes of what was audited, of the answers of a box, and of the code that did it
sections     the dossier as titled sections of label and text
"""
