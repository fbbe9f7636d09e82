"""One parcel on paper, for information: what the public register says, drawn at a true scale.

docs/algorithms/extract.md has the rules. No owner, no mortgage, no tax.
"""
