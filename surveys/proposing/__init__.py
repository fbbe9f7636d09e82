"""From the points of a job to a transaction on parcels; see docs/algorithms/survey-proposals.md.

``matching`` says which point is which corner, ``plan`` what becomes of the boundary, ``precheck``
all that stands against it, ``lodging`` hands it to the register, ``closing`` writes the marks down
once it is registered.
"""
