"""Sign-in with ThaID, or any OpenID Connect provider, to fill in a verified name.

Off unless its settings are given: docs/operations/thaid.md.
"""
