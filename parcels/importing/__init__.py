"""Parcels from files of strangers: sniffed, read in a child process, gated, mapped, accounted for.

``docs/algorithms/import.md`` follows a file on its way. Nothing here is imported by a page before
it is needed, and `reader_child` and `gate_child` run without Django.
"""
