"""The process that checks boundaries: ``python -m parcels.importing.gate_child``."""

from __future__ import annotations

from parcels.importing import sandbox

# The parent stops a batch that takes too long; this is the limit for a whole file.
CPU_SECONDS = 3_600

if __name__ == "__main__":
    granted = sandbox.enter(CPU_SECONDS)
    # Only now the libraries: some start threads, which a new user namespace does not allow.
    from parcels.importing.gating import serve

    serve(granted)
