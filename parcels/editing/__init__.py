"""The parcel fabric on the officer's bench: steps, their outcome, and what people see of it.

Reads the register and writes nothing; `parcels.services.edits` makes transactions of it.
"""
