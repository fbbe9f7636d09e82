"""What every measurement needs: fresh databases, fair turns, and a result others can check.

Contestants of one case take turns in the same session, in reversed order every other round, so that
a noisy machine disturbs all of them alike. docs/operations/bench.md tells how to read the results.
"""

from __future__ import annotations

import json
import os
import platform
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier

ROOT = Path(__file__).resolve().parents[1]
RESULTS = Path(__file__).parent / "results"
SCRATCH = ROOT / ".data" / "bench-files"
# Who may create databases and extensions in the throw-away cluster of ./run bench.
ADMIN = os.environ.get("CHANOT_BENCH_ADMIN", "postgres")
EMPTY = "bench_empty"
SEED = 2569


@dataclass(frozen=True, slots=True)
class Options:
    """How much to measure; the defaults are what the documented figures were taken with."""

    parcels: int
    rounds: int
    seconds: float
    operations: int = 100_000


@dataclass
class Bench:
    """One benchmark under way, and everything it found."""

    name: str
    options: Options
    sizes: dict[str, Any] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    rounds: dict[str, dict[str, list[Any]]] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)

    def compare(
        self,
        case: str,
        unit: str,
        contestants: Mapping[str, Callable[[], float | dict[str, Any]]],
        *,
        rounds: int | None = None,
    ) -> None:
        """Let the contestants take turns.

        Each returns its figure in ``unit``, or a dict whose ``value`` is the figure. The first is
        ours; the others are what it is compared with.
        """
        self.units[case] = unit
        raw: dict[str, list[Any]] = {name: [] for name in contestants}
        self.rounds[case] = raw
        for turn in range(rounds or self.options.rounds):
            order = list(contestants.items())
            for name, contestant in reversed(order) if turn % 2 else order:
                raw[name].append(contestant())
                say(f"{self.name} {case}: {name} {_figure(raw[name][-1]):,.2f} {unit}")

    def write(self) -> Path:
        """Write ``results/<name>.json`` and print the table."""
        medians = {
            case: {name: statistics.median(map(_figure, raw)) for name, raw in cases.items()}
            for case, cases in self.rounds.items()
        }
        ratios = {case: _ratios(found) for case, found in medians.items()}
        result = {
            "bench": self.name,
            "command": f"./run bench {' '.join(sys.argv[1:])}",
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "revision": revision(),
            "machine": machine(),
            "sizes": self.sizes | {"rounds": self.options.rounds, "seconds": self.options.seconds},
            "units": self.units,
            "medians": medians,
            "ratios": ratios,
            "facts": self.facts,
            "rounds": self.rounds,
        }
        RESULTS.mkdir(exist_ok=True)
        path = RESULTS / f"{self.name}.json"
        path.write_text(json.dumps(result, indent=1, ensure_ascii=False, default=str) + "\n")
        for case, found in medians.items():
            print(f"\n{self.name} {case} ({self.units[case]})")
            for name, value in found.items():
                beside = ratios[case].get(name)
                print(
                    f"  {name:<28} {value:>14,.2f}"
                    + (f"   ours / it {beside:.3g}" if beside else "")
                )
        for name, value in self.facts.items():
            print(f"  {name}: {value}")
        return path


def _figure(raw: float | dict[str, Any]) -> float:
    return float(raw["value"]) if isinstance(raw, dict) else float(raw)


def _ratios(medians: Mapping[str, float]) -> dict[str, float]:
    ours, *others = medians
    return {name: medians[ours] / medians[name] for name in others if medians[name]}


def say(text: str) -> None:
    """Progress, on standard error."""
    print(text, file=sys.stderr, flush=True)


def seconds_of(work: Callable[[], object]) -> float:
    """How long it takes to do once."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def per_second(work: Callable[[], object], seconds: float) -> float:
    """How often a second it can be done in this process, over about ``seconds``."""
    began, done = time.perf_counter(), 0
    while (spent := time.perf_counter() - began) < seconds:
        work()
        done += 1
    return done / spent


# -- where and with what ---------------------------------------------------------------------------


def revision() -> str:
    """The commit that was measured; ``+`` when files had been changed."""
    git = ["git", "-C", str(ROOT)]
    head = subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    dirty = subprocess.run([*git, "status", "--porcelain"], capture_output=True, check=False).stdout
    return (head.stdout.strip() or "unknown") + ("+" if dirty else "")


def machine() -> dict[str, Any]:
    """Cores, memory and versions."""
    memory = re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())
    model = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    with connect("postgres") as connection:
        server = connection.execute("SHOW server_version").fetchone()
    with connect(EMPTY) as connection:
        postgis = connection.execute("SELECT postgis_lib_version()").fetchone()
    return {
        "cores": os.cpu_count(),
        "processor": model[1] if model else platform.machine(),
        "memory_gib": round(int(memory[1]) / 2**20, 1) if memory else None,
        "system": platform.platform(),
        "load_before": round(os.getloadavg()[2], 2),
        "python": platform.python_version(),
        "postgresql": server[0] if server else "",
        "postgis": postgis[0] if postgis else "",
    }


# -- databases -------------------------------------------------------------------------------------


def connect(database: str, *, admin: bool = False) -> psycopg.Connection[Any]:
    """A connection of the service's role, or of who may create databases; autocommit."""
    who = {"user": ADMIN} if admin else {}
    return psycopg.connect(f"postgres:///{database}", autocommit=True, **who)


def environment(database: str) -> dict[str, str]:
    """The environment of a command of ours that works on this database."""
    return os.environ | {
        "DATABASE_URL": f"postgres:///{database}",
        "CHANOT_DATA_DIR": str(SCRATCH / "files"),
    }


def manage(database: str, *arguments: str) -> str:
    """Run manage.py on the database; returns standard output."""
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(database), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)} failed:\n{done.stderr[-2000:]}")
    return done.stdout


def empty_database() -> None:
    """``bench_empty``: migrated, without a row of ours; fresh databases are copies of it."""
    with connect("postgres", admin=True) as admin:
        if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [EMPTY]).fetchone():
            with connect("postgres") as plain:
                owner = plain.info.user
            admin.execute(
                SQL("CREATE DATABASE {} OWNER {}").format(Identifier(EMPTY), Identifier(owner))
            )
            with connect(EMPTY, admin=True) as inside:
                inside.execute("CREATE EXTENSION postgis")
                grant = "GRANT INSERT, UPDATE, DELETE ON spatial_ref_sys TO {}"
                inside.execute(SQL(grant).format(Identifier(owner)))
    manage(EMPTY, "migrate", "-v0")


def fresh_database(name: str, *, like: str = EMPTY) -> None:
    """A copy of an empty, migrated database (or of another), whatever was there before."""
    with connect("postgres") as plain:
        owner = plain.info.user
    with connect("postgres", admin=True) as admin:
        admin.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))
        admin.execute(
            SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(
                Identifier(name), Identifier(like), Identifier(owner)
            )
        )


def town_database(parcels: int) -> str:
    """A database with a town of so many parcels; made once and kept for the next benchmark."""
    name, note = f"bench_town_{parcels}", f"{parcels} parcels, {schema_version()}"
    with connect("postgres", admin=True) as admin:
        found = admin.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
            [name],
        ).fetchone()
        if found and found[0] == note:
            return name
        say(f"making a town of {parcels:,} parcels")
        fresh_database(name)
        manage(
            name, "generate_demo", "--parcels", str(parcels), "--seed", str(SEED), "--only-register"
        )  # fmt: skip
        admin.execute(SQL("COMMENT ON DATABASE {} IS {}").format(Identifier(name), note))
    with connect(name) as connection:
        connection.execute("VACUUM (ANALYZE)")
    return name


def schema_version() -> str:
    """Which migrations the towns have to carry."""
    with connect(EMPTY) as connection:
        row = connection.execute(
            "SELECT md5(string_agg(app || name, ' ' ORDER BY app, name)) FROM django_migrations"
        ).fetchone()
    return str(row[0]) if row else ""


def use_database(name: str) -> None:
    """Let Django in this process work on the database; once per process."""
    os.environ.update(environment(name))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django  # its settings are read on import

    django.setup()


@contextmanager
def pgbench(
    database: str, script: str, *, clients: int, seconds: float, rows: int = 0
) -> Iterator[Callable[[], float]]:
    """Give a contestant: transactions a second of ``script``, prepared, by pgbench.

    In the script ``:i`` is a number from 1 to ``rows``.
    """
    SCRATCH.mkdir(parents=True, exist_ok=True)
    path = SCRATCH / "pgbench.sql"
    head = f"\\set i random(1, {rows})\n" if rows else ""
    statement = " ".join(re.sub(r"--[^\n]*", "", script).split())
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/pgbench")) or [Path("pgbench")]

    def run() -> float:
        path.write_text(f"{head}{statement};\n", encoding="utf-8")
        command = [
            str(programs[-1]), "-n", "-M", "prepared", "-c", str(clients),
            "-j", str(min(clients, 2)), "-T", str(max(1, round(seconds))), "-f", str(path),
            f"dbname={database}",
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        found = re.search(r"tps = ([\d.]+)", done.stdout)
        if done.returncode or not found:
            raise SystemExit(f"pgbench failed:\n{done.stderr[-2000:]}")
        return float(found[1])

    yield run
    path.unlink(missing_ok=True)
