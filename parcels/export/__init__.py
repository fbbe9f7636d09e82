"""Parcels as files for other programs: GeoPackage, GeoParquet, LADM-shaped JSON.

Rows stream from the database in batches, so that memory does not grow with the register.
docs/operations/exports.md tells the shapes of the files.
"""
