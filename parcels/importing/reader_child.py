"""The process that opens a stranger's file: ``python -m parcels.importing.reader_child``."""

from __future__ import annotations

from parcels.importing import sandbox

if __name__ == "__main__":
    granted = sandbox.enter()
    # Only now the libraries: some start threads, which a new user namespace does not allow.
    from parcels.importing.reading import serve

    serve(granted)
