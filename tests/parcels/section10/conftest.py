from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from offices.jobs import CommandRun
from offices.models import Office
from parcels.models import Right
from parcels.section10.generating import Order, Plot, package_write
from parcels.section10.plots import plots_from_scratch, plots_of
from parcels.services.section10 import PackageOrder, package_import
from tests.factories import a_land_office, a_local_authority

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
BANG_YAI = (100.41, 13.85)
Take = Callable[..., dict[str, Any]]


class Town:
    """A municipality whose parcels came from a package, and what happens to it each month."""

    def __init__(self, folder: Path, *, name: str = "TEST") -> None:
        self.folder = folder
        self.office: Office = a_land_office(f"LO-{name}")
        self.authority: Office = a_local_authority(f"LA-{name}")

    def found(self, plots: int, seed: int = 1) -> None:
        """Let the register begin with so many plots, in January."""
        self.take(self.package("base", month=1, seed=seed, rows=plots, new=True))

    def package(
        self, name: str, *, month: int = 3, seed: int = 1, rows: int = 40, dirt: float = 0.0,
        new: bool = False,
    ) -> dict[str, Any]:  # fmt: skip
        """Make a package; returns what it must do, with its path."""
        plots: list[Plot] = (
            plots_from_scratch(*BANG_YAI, 47, 2 * rows + 4) if new else plots_of(self.authority, 47)
        )
        order = Order(
            name=name, month=date(2026, month, 1), rows=rows, dirt=dirt, seed=seed, new=new
        )
        folder = self.folder / name
        return package_write(folder, plots, order) | {"path": folder / f"{name}.zip"}

    def take(self, package: dict[str, Any], run: Any = None, now: datetime = NOW) -> dict[str, Any]:
        """Import a package."""
        order = PackageOrder(authority=self.authority, office=self.office)
        return package_import(
            file=package["path"], order=order, maker=None, now=now,
            run=run or CommandRun(StringIO(), office=self.office),
        )  # fmt: skip


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


def holders_today(*, office: Office) -> dict[str, list[str]]:
    """Who holds each title in force, by deed number."""
    found: dict[str, list[str]] = {}
    rights = Right.objects.filter(ba_unit__office=office, retired_by=None)
    for right in rights.select_related("party", "ba_unit").order_by("pk"):
        party = right.party
        name = f"{party.title} {party.name} {party.surname}"
        found.setdefault(right.ba_unit.deed_number, []).append(name)
    return found
