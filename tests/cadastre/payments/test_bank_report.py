"""Bank reports are read to the last character, or refused whole with the place."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cadastre.payments import bank_report
from cadastre.payments.bank_report import (
    BankReportFile,
    BankReportUnreadable,
    ReportedPayment,
    read_report,
    write_report,
)

DAY = date(2026, 6, 15)
plain = st.text("ABCXYZ0189", max_size=20)
thai = st.text("กขคงเแำ่้ ABC", max_size=50).map(str.strip)
payments_made = st.builds(
    ReportedPayment, line=st.just(0), bank_code=st.just("006"), account=st.just("1234567890"),
    paid_on=st.dates(date(2000, 1, 1), date(2099, 12, 31)), paid_at=st.times().map(
        lambda each: each.replace(microsecond=0)
    ),
    amount_satang=st.integers(1, 10**12), reference_1=plain, reference_2=plain,
    reference_3=plain, payer=thai, branch=st.just("0001"), teller=st.just("T1"),
    cheque_number=st.just(""), biller_id=st.just("099400016550100"), sending_bank=st.just("004"),
)  # fmt: skip


def a_line(number: int = 2, **fields: object) -> ReportedPayment:
    facts: dict[str, object] = {
        "line": number, "bank_code": "006", "account": "1234567890", "paid_on": DAY,
        "paid_at": time(9, 30), "amount_satang": 12_345, "reference_1": "1", "payer": "สมใจ",
    }  # fmt: skip
    return ReportedPayment(**facts | fields)  # type: ignore[arg-type]


def a_report(*lines: ReportedPayment) -> BankReportFile:
    return BankReportFile("006", "1234567890", "เทศบาลทดสอบ", DAY, payments=lines)


@settings(max_examples=60)
@given(st.lists(payments_made, max_size=5))
def test_what_is_written_is_read_back(lines: list[ReportedPayment]) -> None:
    found = read_report(write_report(a_report(*lines)))
    told = [each.key for each in lines]
    assert [each.key for each in found.payments] == told
    assert [each.occurrence for each in found.payments] == [
        told[: place + 1].count(key) for place, key in enumerate(told)
    ]
    assert found.total_satang == sum(each.amount_satang for each in lines)
    assert (found.company, found.effective_on) == ("เทศบาลทดสอบ", DAY)


def test_the_layout_is_the_published_one(sample_data: Path) -> None:
    told = json.loads((sample_data / "payments" / "bot_cross_bank_layout.json").read_text("utf-8"))
    names = {"H": bank_report.HEADER, "D": bank_report.DETAIL, "T": bank_report.TRAILER}
    for kind, layout in names.items():
        published = {(start, end) for name, start, end in told["records"][kind] if name != "spare"}
        ours = {(start, end) for _name, start, end in layout} | {(0, 1), (1, 7)}
        assert ours <= published
        assert published - ours <= {(58, 256)}


def changed(at: int, text: str, row: int = 1) -> Callable[[list[bytearray]], None]:
    def change(rows: list[bytearray]) -> None:
        rows[row][at : at + len(text)] = text.encode("cp874")

    return change


WRONG = [
    (changed(0, "X"), 2, "D_expected"),
    (changed(0, "D", 0), 1, "H_expected"),
    (changed(0, "D", 2), 3, "T_expected"),
    (changed(1, "000009"), 2, "out_of_sequence"),
    (changed(7, "002"), 2, "other_account"),
    (changed(20, "31022026"), 2, "no_such_day"),
    (changed(20, "15062569"), 2, "not_common_era"),
    (changed(28, "250000"), 2, "no_such_time"),
    (changed(152, "D"), 2, "not_a_credit"),
    (changed(163, "0000000000000"), 2, "nothing_paid"),
    (changed(163, "-000000012345"), 2, "not_digits"),
    (changed(163, "00000123.4500"), 2, "not_digits"),
    (changed(163, "000000001,234"), 2, "not_digits"),
    (changed(39, "0000000012346", 2), 3, "credit_total_differs"),
    (changed(52, "000002", 2), 3, "credit_count_differs"),
    (changed(20, "0000000000001", 2), 3, "debit_total_differs"),
    (lambda rows: rows[1].__setitem__(40, 0xDB), 2, "not_cp874"),
    (lambda rows: rows[1].pop(), 2, "not_256_characters"),
    (lambda rows: rows.pop(2), 2, "T_expected"),
    (lambda rows: rows.insert(2, rows[1]), 3, "out_of_sequence"),
    (lambda rows: rows[0].__setitem__(slice(0, 0), b"\xef\xbb\xbf"), 1, "not_256_characters"),
]


@pytest.mark.parametrize(("change", "line", "problem"), WRONG, ids=lambda each: str(each)[:24])
def test_one_wrong_place_refuses_the_file(
    change: Callable[[list[bytearray]], None], line: int, problem: str
) -> None:
    rows = [bytearray(each) for each in write_report(a_report(a_line())).split(b"\r\n")[:-1]]
    change(rows)
    with pytest.raises(BankReportUnreadable) as told:
        read_report(b"".join(each + b"\r\n" for each in rows))
    assert (told.value.evidence["line"], told.value.evidence["problem"]) == (line, problem)
    assert "{" not in str(told.value)


def test_lines_may_end_with_a_newline_alone_but_not_both_ways() -> None:
    whole = write_report(a_report(a_line()))
    assert read_report(whole.replace(b"\r\n", b"\n")).total_satang == 12_345
    with pytest.raises(BankReportUnreadable):
        read_report(whole.replace(b"\r\n", b"\n", 1))


@settings(max_examples=60)
@given(st.binary(max_size=600))
def test_anything_else_is_refused_politely(data: bytes) -> None:
    with pytest.raises(BankReportUnreadable):
        read_report(data)


@settings(max_examples=60)
@given(st.integers(0, 771), st.integers(0, 255))
def test_a_changed_byte_is_refused_or_says_something_else(at: int, value: int) -> None:
    whole = bytearray(write_report(a_report(a_line())))
    before = read_report(bytes(whole))
    unchanged = whole[at] == value
    whole[at] = value
    try:
        after = read_report(bytes(whole))
    except BankReportUnreadable:
        return
    assert unchanged or after.sha256 != before.sha256
    assert after.total_satang == before.total_satang
