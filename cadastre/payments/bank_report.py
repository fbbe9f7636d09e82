"""The report of payments through any Thai bank: lines of 256 characters, CP874, H, D and T.

``docs/algorithms/bank-reports.md`` has the layout and every check. A file is read whole or refused
whole, with the place.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Final, NoReturn

from cadastre.errors import LandError, gettext_noop

RECORD_LENGTH: Final = 256
ENCODING: Final = "cp874"
MOST_LINES: Final = 100_000
LARGEST_FILE: Final = MOST_LINES * (RECORD_LENGTH + 2)

# Name, first character, end (not included): the published layout, type and sequence left out.
HEADER: Final = (
    ("bank_code", 7, 10), ("account", 10, 20), ("company", 20, 60), ("effective_on", 60, 68),
    ("service", 68, 76),
)  # fmt: skip
DETAIL: Final = (
    ("bank_code", 7, 10), ("account", 10, 20), ("paid_on", 20, 28), ("paid_at", 28, 34),
    ("payer", 34, 84), ("reference_1", 84, 104), ("reference_2", 104, 124),
    ("reference_3", 124, 144), ("branch", 144, 148), ("teller", 148, 152), ("kind", 152, 153),
    ("transaction_code", 153, 156), ("cheque_number", 156, 163), ("amount", 163, 176),
    ("cheque_bank", 176, 179), ("biller_id", 196, 211), ("sending_bank", 243, 246),
    ("new_cheque_number", 246, 256),
)  # fmt: skip
TRAILER: Final = (
    ("bank_code", 7, 10), ("account", 10, 20), ("debit_total", 20, 33), ("debit_count", 33, 39),
    ("credit_total", 39, 52), ("credit_count", 52, 58),
)  # fmt: skip


class BankReportUnreadable(LandError):
    """The whole file is refused; ``line`` counts from 1, ``problem`` is a word of the docs."""

    code = "bank_report_unreadable"
    message = gettext_noop(
        "Nothing was imported: line {line} of the bank's file is wrong at {place} ({problem}; "
        "found “{found}”). Ask the bank for the file again, and do not edit it."
    )


@dataclass(frozen=True, slots=True)
class ReportedPayment:
    """One D record. ``occurrence`` counts equal payments of one file, from 1."""

    line: int
    bank_code: str
    account: str
    paid_on: date
    paid_at: time
    amount_satang: int
    reference_1: str = ""
    reference_2: str = ""
    reference_3: str = ""
    payer: str = ""
    branch: str = ""
    teller: str = ""
    transaction_code: str = ""
    cheque_number: str = ""
    cheque_bank: str = ""
    biller_id: str = ""
    sending_bank: str = ""
    new_cheque_number: str = ""
    occurrence: int = 1

    @property
    def key(self) -> str:
        """What the bank says of the payment, as a digest: equal payments have equal keys."""
        told = (
            self.bank_code, self.account, self.paid_on.isoformat(), self.paid_at.isoformat(),
            str(self.amount_satang), self.reference_1, self.reference_2, self.reference_3,
            self.payer, self.branch, self.teller, self.transaction_code, self.cheque_number,
            self.cheque_bank, self.biller_id, self.sending_bank, self.new_cheque_number,
        )  # fmt: skip
        return hashlib.sha256("\x1f".join(told).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class BankReportFile:
    """A whole report; ``sha256`` is that of its bytes."""

    bank_code: str
    account: str
    company: str
    effective_on: date
    service: str = ""
    payments: Sequence[ReportedPayment] = field(default_factory=tuple)
    sha256: str = ""

    @property
    def total_satang(self) -> int:
        return sum(each.amount_satang for each in self.payments)


def read_report(data: bytes) -> BankReportFile:
    """The report in ``data``, or `BankReportUnreadable` with the first thing that is wrong."""
    lines = _lines(data)
    header = _fields(lines[0], HEADER)
    bank = header["bank_code"], header["account"]
    seen: Counter[str] = Counter()
    payments = []
    for number, line in enumerate(lines[1:-1], start=2):
        payment = _payment(line, number, bank)
        seen[payment.key] += 1
        payments.append(_numbered(payment, seen[payment.key]))
    _check_trailer(lines[-1], len(lines), bank, payments)
    return BankReportFile(
        bank_code=header["bank_code"], account=header["account"],
        company=header["company"].rstrip(),
        effective_on=_day(header["effective_on"], 1, "effective date"),
        service=header["service"].rstrip(), payments=tuple(payments),
        sha256=hashlib.sha256(data).hexdigest(),
    )  # fmt: skip


def write_report(report: BankReportFile) -> bytes:
    """The bytes of a report, lines ended by CR LF; what `read_report` reads back."""
    head = {
        "bank_code": report.bank_code, "account": report.account, "company": report.company,
        "effective_on": f"{report.effective_on:%d%m%Y}", "service": report.service,
    }  # fmt: skip
    lines = [_record("H", 1, HEADER, head)]
    for number, each in enumerate(report.payments, start=2):
        values = {name: str(getattr(each, name, "")) for name, _start, _end in DETAIL} | {
            "paid_on": f"{each.paid_on:%d%m%Y}", "paid_at": f"{each.paid_at:%H%M%S}",
            "kind": "C", "amount": f"{each.amount_satang:013d}",
        }  # fmt: skip
        lines.append(_record("D", number, DETAIL, values))
    foot = {
        "bank_code": report.bank_code, "account": report.account,
        "debit_total": "0" * 13, "debit_count": "0" * 6,
        "credit_total": f"{report.total_satang:013d}",
        "credit_count": f"{len(report.payments):06d}",
    }  # fmt: skip
    lines.append(_record("T", len(lines) + 1, TRAILER, foot))
    return "".join(f"{line}\r\n" for line in lines).encode(ENCODING)


def _record(
    kind: str, number: int, layout: Iterable[tuple[str, int, int]], values: dict[str, str]
) -> str:
    line = list(f"{kind}{number:06d}".ljust(RECORD_LENGTH))
    for name, start, end in layout:
        value = values[name]
        if len(value) > end - start:
            raise ValueError(f"{name} is longer than {end - start} characters")
        line[start:end] = value.ljust(end - start)
    return "".join(line)


def _lines(data: bytes) -> list[str]:
    """The records as text: right length, type and sequence, between one H and one T."""
    if len(data) > LARGEST_FILE:
        _refuse(1, "the whole file", "too_large", f"{len(data)} bytes")
    ending = b"\r\n" if data.endswith(b"\r\n") or b"\r\n" in data[:300] else b"\n"
    rows = data.removesuffix(ending).split(ending)
    if len(rows) < 2:
        _refuse(len(rows), "the whole file", "too_short", f"{len(data)} bytes")
    lines = []
    for number, row in enumerate(rows, start=1):
        if b"\r" in row or b"\n" in row:
            _refuse(number, "the end of the line", "mixed_line_ends", "")
        if len(row) != RECORD_LENGTH:
            _refuse(number, "its length", "not_256_characters", str(len(row)))
        try:
            line = row.decode(ENCODING)
        except UnicodeDecodeError as error:
            _refuse(number, f"character {error.start + 1}", "not_cp874", "")
        kind = "H" if number == 1 else "T" if number == len(rows) else "D"
        if line[0] != kind:
            _refuse(number, "character 1", f"{kind}_expected", line[0])
        if line[1:7] != f"{number:06d}":
            _refuse(number, "characters 2-7", "out_of_sequence", line[1:7])
        lines.append(line)
    return lines


def _fields(line: str, layout: Iterable[tuple[str, int, int]]) -> dict[str, str]:
    return {name: line[start:end] for name, start, end in layout}


def _payment(line: str, number: int, bank: tuple[str, str]) -> ReportedPayment:
    found = _fields(line, DETAIL)
    if (found["bank_code"], found["account"]) != bank:
        _refuse(number, "characters 8-20", "other_account", line[7:20])
    if found["kind"] != "C":
        _refuse(number, "character 153", "not_a_credit", found["kind"])
    amount = _digits(found["amount"], number, "characters 164-176")
    if amount == 0:
        _refuse(number, "characters 164-176", "nothing_paid", found["amount"])
    text: dict[str, Any] = {
        name: value.strip()
        for name, value in found.items()
        if name not in {"kind", "amount", "paid_on", "paid_at", "bank_code", "account"}
    }
    return ReportedPayment(
        line=number,
        bank_code=found["bank_code"],
        account=found["account"],
        paid_on=_day(found["paid_on"], number, "characters 21-28"),
        paid_at=_time(found["paid_at"], number),
        amount_satang=amount,
        **text,
    )


def _numbered(payment: ReportedPayment, occurrence: int) -> ReportedPayment:
    if occurrence == 1:
        return payment
    told = {name: getattr(payment, name) for name in payment.__slots__}
    return ReportedPayment(**told | {"occurrence": occurrence})


def _check_trailer(
    line: str, number: int, bank: tuple[str, str], payments: Sequence[ReportedPayment]
) -> None:
    """The trailer must say what the D records add up to."""
    found = _fields(line, TRAILER)
    if (found["bank_code"], found["account"]) != bank:
        _refuse(number, "characters 8-20", "other_account", line[7:20])
    expected = {
        "debit_total": 0, "debit_count": 0,
        "credit_total": sum(each.amount_satang for each in payments),
        "credit_count": len(payments),
    }  # fmt: skip
    for name, start, end in TRAILER[2:]:
        place = f"characters {start + 1}-{end}"
        if _digits(found[name], number, place) != expected[name]:
            _refuse(number, place, f"{name}_differs", found[name])


def _digits(text: str, number: int, place: str) -> int:
    if not (text.isascii() and text.isdigit()):
        _refuse(number, place, "not_digits", text)
    return int(text)


def _day(text: str, number: int, place: str) -> date:
    _digits(text, number, place)
    try:
        day = datetime.strptime(text, "%d%m%Y").date()  # noqa: DTZ007 -- a day has no zone
    except ValueError:
        _refuse(number, place, "no_such_day", text)
    if not 2000 <= day.year < 2100:
        _refuse(number, place, "not_common_era", text)
    return day


def _time(text: str, number: int) -> time:
    _digits(text, number, "characters 29-34")
    try:
        return time(int(text[:2]), int(text[2:4]), int(text[4:]))
    except ValueError:
        _refuse(number, "characters 29-34", "no_such_time", text)


def _refuse(line: int, place: str, problem: str, found: str) -> NoReturn:
    raise BankReportUnreadable(line=line, place=place, problem=problem, found=found.strip()[:40])
