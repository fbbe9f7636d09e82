"""A year that was assessed and closed, for tests of what follows."""

from __future__ import annotations

import io
from datetime import date

from offices.jobs import CommandRun
from offices.models import User
from taxmap.models import Assessment, Bill, TaxYear
from taxmap.services.roll import roll_assess
from taxmap.services.roll_close import roll_assess_close
from taxmap.services.year import list_publish, prices_publish
from tests.factories import NOW, a_local_authority, a_party, a_unit


def an_assessed_shop(officer: User) -> Assessment:
    """A shop of 400,000 baht: 1,200 baht of tax for 2026, received on 1 June 2026."""
    a_unit(a_party("เจ้าของลับ"), uses={"other": 100})
    run = CommandRun(io.StringIO())
    roll_assess(local_authority=a_local_authority(), tax_year=2026, now=NOW, job=run)
    year = TaxYear.objects.get(year=2026)
    prices_publish(tax_year=year, actor=officer, now=NOW)
    list_publish(tax_year=year, actor=officer, now=NOW)
    roll_assess_close(tax_year=year, actor=officer, now=NOW)
    Bill.objects.update(notified_on=date(2026, 6, 1))
    return Assessment.objects.get()
