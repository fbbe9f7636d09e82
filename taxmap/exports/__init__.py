"""Lists for other systems: LTAX worklists, the ผ.ท.4 register, entries for the accounts.

What stands in which column is data (``*.yaml``), so that an office may follow a changed form
without a programmer. docs/user/exports.md explains each file.
"""
