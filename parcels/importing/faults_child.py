"""The process that compares the parcels of a file: ``python -m parcels.importing.faults_child``."""

from __future__ import annotations

from parcels.importing import sandbox

CPU_SECONDS = 600

if __name__ == "__main__":
    granted = sandbox.enter(CPU_SECONDS)
    # Only now the libraries: some start threads, which a new user namespace does not allow.
    from parcels.importing.faulting import serve

    serve(granted)
