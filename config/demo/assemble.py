"""The whole demo from nothing: town, offices, accounts, free times, tax roll, imagery."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from appointments.services.slots import slots_generate
from cadastre.errors import LandError, gettext_noop
from config.demo.changes import changes_create
from config.demo.collection import tax_year_create
from config.demo.generator import generate_town
from config.demo.imagery import town_paint
from config.demo.load import town_load
from config.demo.office import (
    LAND_OFFICE_CODE,
    accounts_create,
    holidays_create,
    offices_create,
)
from config.demo.special_property import special_property_create
from config.demo.town import Town
from offices.jobs import CommandRun, Run
from offices.models import LandOffice, Office
from parcels.services.fabric_checks import findings_update
from tiles.services.imagery import imagery_import

DAYS_OFFERED = 45


class DemoExists(LandError):
    code = "demo_exists"
    message = gettext_noop(
        "This database has a demo town already. Start over with ./run demo --reset."
    )


def demo_create(
    *, parcels: int, seed: int, only_register: bool, now: datetime, job: Run
) -> dict[str, Any]:
    """Make the demo; returns rows by table, seconds by step and the accounts with their passwords.

    Raises DemoExists when it is there already: a demo is made once per database.
    """
    if LandOffice.objects.filter(code=LAND_OFFICE_CODE).exists():
        raise DemoExists
    seconds: dict[str, float] = {}
    progress = job.progress
    with _timed(seconds, "draw"):
        progress(0, parcels, "drawing the town")
        town = generate_town(parcels, seed, year=now.year)
    with _timed(seconds, "load"):
        land_office, authority = offices_create(town)
        rows = town_load(
            town=town,
            land_office=land_office,
            local_authority=authority,
            now=now,
            progress=progress,
        )
    with _timed(seconds, "offices"):
        accounts = accounts_create()
        holidays_create(range(now.year, now.year + 2))
    if not only_register:
        _year_create(town, (land_office, authority), seed=seed, now=now, job=job, seconds=seconds)
    progress(parcels, parcels, "")
    return {
        "parcels": len(town.parcels),
        "seed": seed,
        "rows": rows,
        "seconds": seconds,
        "accounts": [
            {
                "username": account.username,
                "password": account.password,
                "role": str(account.role.label),
                "office": account.office.name_th,
            }
            for account in accounts
        ],
    }


def _year_create(
    town: Town,
    offices: tuple[Office, Office],
    *,
    seed: int,
    now: datetime,
    job: Run,
    seconds: dict[str, float],
) -> None:
    """What a year of work adds: changes, what rules find, free times, the tax roll, a picture."""
    with _timed(seconds, "changes"):
        changes_create(land_office=offices[0], seed=seed, now=now, job=job)
    with _timed(seconds, "findings"):
        findings_update(office=offices[0], run=CommandRun(StringIO()), now=now)
    with _timed(seconds, "free times"):
        first = now.date()
        for office in offices:
            slots_generate(office=office, first=first, last=first + timedelta(days=DAYS_OFFERED))
    with _timed(seconds, "special property"):
        special_property_create(authority=offices[1], seed=seed, now=now)
    with _timed(seconds, "tax roll"):
        tax_year_create(authority=offices[1], seed=seed, now=now, job=job)
    with _timed(seconds, "imagery"):
        job.progress(0, 1, "painting the aerial picture")
        _imagery_create(town, now)


@contextmanager
def _timed(seconds: dict[str, float], step: str) -> Iterator[None]:
    begun = time.perf_counter()
    yield
    seconds[step] = round(time.perf_counter() - begun, 2)


def _imagery_create(town: Town, now: datetime) -> None:
    """Paint the town and import the picture the way an office imports its own."""
    with TemporaryDirectory(prefix="chanot-") as folder:
        imagery_import(
            path=town_paint(town, Path(folder) / "town.tif"),
            name="orthophoto",
            title_th="ภาพถ่ายทางอากาศ (ภาพวาดสาธิต)",
            title_en="Aerial picture (painted for the demo)",
            attribution="Chanot",
            now=now,
        )
