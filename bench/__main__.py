"""``./run bench [NAME …] [--parcels N] [--rounds N] [--seconds S]``; docs/operations/bench.md."""

from __future__ import annotations

import argparse
import importlib
import subprocess
import sys

from bench.harness import ROOT, Bench, Options, empty_database, say

NAMES = (
    "generate", "tiles", "raster", "search", "estimate", "queue", "imports", "editing", "fabric",
    "adjustment", "rounds", "roll",
    "notices",
)  # fmt: skip
OTHER_NAMES = {"import": "imports", "booking": "queue"}


def main() -> int:
    """Run one benchmark in this process, or several each in a process of its own."""
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--parcels", type=int, default=1_000_000, help="size of the town")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each contestant")
    parser.add_argument("--seconds", type=float, default=10, help="length of a turn under load")
    parser.add_argument("--operations", type=int, default=100_000, help="edits of parcels")
    given = parser.parse_args()
    names = [OTHER_NAMES.get(name, name) for name in given.names] or list(NAMES)
    if unknown := set(names) - set(NAMES):
        parser.error(f"no benchmark is called {' or '.join(sorted(unknown))}: {', '.join(NAMES)}")
    empty_database()
    if len(names) == 1:
        return run(names[0], Options(given.parcels, given.rounds, given.seconds, given.operations))
    flags = ["--parcels", str(given.parcels), "--rounds", str(given.rounds),
             "--seconds", str(given.seconds), "--operations", str(given.operations)]  # fmt: skip
    itself = [sys.executable, "-m", "bench"]
    failed = [
        name
        for name in names
        if subprocess.run([*itself, name, *flags], cwd=ROOT, check=False).returncode
    ]
    if failed:
        say(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


def run(name: str, options: Options) -> int:
    """Measure, and write the result."""
    bench = Bench(name, options)
    importlib.import_module(f"bench.{name}").measure(bench)
    say(f"\nwritten to {bench.write().relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
