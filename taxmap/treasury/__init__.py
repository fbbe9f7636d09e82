"""The Treasury Department's price files: how they are read, before anything is stored.

docs/algorithms/valuation.md, section 2, lists the layouts and every reason for refusing a row.
"""
