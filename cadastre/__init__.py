"""The law and the mathematics of land: no framework, no database, no network."""
