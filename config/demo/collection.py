"""The demo's tax year: the roll by the real engine, closed, and paid as it stands in autumn.

Money comes by every road: bank reports, the counter, instalments; some is paid late or too much,
one line names no bill, and who has not paid by now is reported to the land office.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import numpy as np

from cadastre.payments.bank_report import BankReportFile, ReportedPayment, write_report
from offices.jobs import Run
from offices.models import Office, Role, User
from taxmap.models import Bill, Means
from taxmap.services.arrears import arrears_report, payment_day
from taxmap.services.bank_reports import bank_report_import
from taxmap.services.payments import Tender, instalments_agree, payment_take
from taxmap.services.roll import roll_assess
from taxmap.services.roll_close import roll_assess_close
from taxmap.services.year import list_publish, prices_publish, year_open

_BY_BANK = 0.72
"""The share of the bills that are paid through a bank."""
_AT_COUNTER = 60
_INSTALMENTS_FROM_SATANG = 300_000  # s. 52: three instalments from 3,000 baht
_NOON = time(5)  # 12.00 in Thailand, in UTC
_BANK, _ACCOUNT = "006", "1234567890"


def tax_year_create(*, authority: Office, seed: int, now: datetime, job: Run) -> int:
    """Assess and charge the year of ``now`` and let most owners pay; returns how many bills.

    The year before is assessed and paid, too: bills can be compared with it.
    """
    _former_year(authority, now, seed, job)
    bills = _closed(authority, now.year, now, job)
    rng = np.random.default_rng([seed, 52])
    fates = rng.random(len(bills))
    last = payment_day(authority, now.year)
    cashier = User.objects.filter(
        role_assignments__office=authority, role_assignments__role=Role.CASHIER
    ).first()
    by_bank = [bill for bill, fate in zip(bills, fates, strict=True) if fate < _BY_BANK]
    at_desk = [bill for bill, fate in zip(bills, fates, strict=True) if fate >= _BY_BANK]
    for report in _reports(by_bank, last, now, rng):
        bank_report_import(report, local_authority=authority, actor=None, now=now)
    if cashier is not None:
        for number, bill in enumerate(at_desk[:_AT_COUNTER]):
            _at_the_desk(bill, number, cashier, last, now)
    arrears_report(office=authority, tax_year=now.year, actor=None, now=now)
    return len(bills)


def _closed(authority: Office, year: int, now: datetime, job: Run) -> list[Bill]:
    """The roll of a year, assessed, announced and closed; its bills that owe something."""
    opened = year_open(local_authority=authority, year=year, actor=None, now=now)
    prices_publish(tax_year=opened, actor=None, now=now)
    roll_assess(local_authority=authority, tax_year=year, now=now, job=job)
    list_publish(tax_year=opened, actor=None, now=now)
    roll_assess_close(tax_year=opened, actor=None, now=now)
    found = Bill.objects.filter(local_authority=authority, tax_year=year, tax_satang__gt=0)
    return list(found.order_by("number"))


def _former_year(authority: Office, now: datetime, seed: int, job: Run) -> None:
    """All but one bill in fifty were paid through a bank; the rest is in arrears since."""
    then = now.replace(year=now.year - 1, day=min(now.day, 28))
    bills = _closed(authority, then.year, then, job)
    paid = [bill for place, bill in enumerate(bills) if place % 50 != 49]
    rng = np.random.default_rng([seed, 53])
    for report in _reports(paid, payment_day(authority, then.year), then, rng, stray=False):
        bank_report_import(report, local_authority=authority, actor=None, now=then)
    arrears_report(office=authority, tax_year=then.year, actor=None, now=then)


def _reports(
    bills: list[Bill], last: date, now: datetime, rng: np.random.Generator, *, stray: bool = True
) -> Iterator[bytes]:
    """What the bank reports, week by week; the last line of all names no bill."""
    weeks: dict[date, list[ReportedPayment]] = {}
    for place, bill in enumerate(bills):
        before = int(rng.integers(0, 100))
        late = 90 + before if stray and place % 40 == 39 else 0
        day = min(last - timedelta(days=before) + timedelta(days=late), now.date())
        extra = 10_000 if stray and place == 0 else 0
        line = _line(day, bill.tax_satang + extra, bill.reference_1)
        weeks.setdefault(day - timedelta(days=day.weekday()), []).append(line)
    if weeks and stray:
        weeks[max(weeks)].append(_line(min(last, now.date()), 123_400, "999"))
    for monday in sorted(weeks):
        lines = sorted(weeks[monday], key=lambda each: (each.paid_on, each.reference_1))
        yield write_report(
            BankReportFile(_BANK, _ACCOUNT, "DEMO", monday + timedelta(days=7), payments=lines)
        )


def _line(day: date, satang: int, reference: str) -> ReportedPayment:
    return ReportedPayment(
        line=0, bank_code=_BANK, account=_ACCOUNT, paid_on=day, paid_at=time(10, 30),
        amount_satang=satang, reference_1=reference, sending_bank="004",
    )  # fmt: skip


def _at_the_desk(bill: Bill, number: int, cashier: User, last: date, now: datetime) -> None:
    """All in cash or by cheque; a large bill in parts, of which the first has come."""
    day = min(last - timedelta(days=number % 40), now.date())
    at = datetime.combine(day, _NOON, tzinfo=now.tzinfo)
    satang = bill.tax_satang
    if satang >= _INSTALMENTS_FROM_SATANG and day <= last:
        instalments_agree(bill, actor=cashier, now=at)
        satang = -(-satang // 3)
    elif number % 5 == 0:
        tender = Tender(Means.CHEQUE, satang, None, f"{number:07d}", "กรุงไทย", day)
        payment_take(bill=bill, tender=tender, key=f"demo-{number}", actor=cashier, now=at)
        return
    payment_take(
        bill=bill, tender=Tender(Means.CASH, satang), key=f"demo-{number}", actor=cashier, now=at
    )
