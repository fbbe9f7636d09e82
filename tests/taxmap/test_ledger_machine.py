"""A year of money, drawn at random, against the real services; after each step the ledger is sound.

Invariants I1-I9 of docs/algorithms/ledger.md are asked of the database itself (`ledger_verify`),
and the machine keeps an account of its own of what came in and what was given back.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from cadastre.errors import LandError
from cadastre.payments.bank_report import BankReportFile, ReportedPayment, write_report
from offices.models import Role
from taxmap.balances import balance_of
from taxmap.models import Balance, BankLine, BillNote, Leg, Means, MoneyRequest, Payment
from taxmap.services.bank_reports import bank_report_import, suspense_lines
from taxmap.services.charging import note_post
from taxmap.services.ledger import ledger_hash, ledger_verify
from taxmap.services.money_requests import (
    match_prepare,
    refund_prepare,
    request_decide,
    reversal_prepare,
    waiver_prepare,
)
from taxmap.services.payments import Tender, due_on, instalments_agree, payment_take
from tests.factories import a_local_authority, a_user
from tests.taxmap.money import a_bill

FIRST = date(2026, 6, 25)
STEPS = 14
MACHINES = 10
MONEY_IN = ("cash", "cheques", "bank_clearing")
bills = st.integers(0, 2)
amounts = st.one_of(st.integers(1, 4_000), st.integers(100_000, 500_000))
component = st.sampled_from(MoneyRequest.Component)


class Crash(Exception):
    """The process ends in the middle of an act."""


class Year(RuleBasedStateMachine):
    """Three bills, one cashier, one manager, and days that pass."""

    def __init__(self) -> None:
        super().__init__()
        self.frame = transaction.atomic()
        self.frame.__enter__()
        self.day = FIRST
        self.presses = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.frame.__exit__(None, None, None)

    @initialize()
    def open_the_year(self) -> None:
        self.office = a_local_authority("LA-YEAR")
        taxes = [(700_000, 300_001), (1_234,), (50_000, 1, 49_999)]
        self.bills = [
            a_bill(*each, number=number, local_authority=self.office)
            for number, each in enumerate(taxes, start=1)
        ]
        self.cashier = a_user("year-cashier", Role.CASHIER, office=self.office)
        self.manager = a_user("year-manager", Role.MANAGER, office=self.office)
        self.came = self.went = 0

    @property
    def now(self) -> datetime:
        return datetime.combine(self.day, time(12), tzinfo=timezone.get_current_timezone())

    def attempt(self, act: Any) -> Any:
        """An act may be refused, with a reason; then it has changed nothing."""
        before = ledger_hash(self.office)
        try:
            with transaction.atomic():
                return act()
        except LandError:
            assert ledger_hash(self.office) == before
            return None

    def decided(self, request: MoneyRequest | None) -> bool:
        if request is None:
            return False
        return bool(
            self.attempt(
                lambda: request_decide(request, approve=True, actor=self.manager, now=self.now)
            )
        )

    @rule(days=st.integers(1, 40))
    def days_pass(self, days: int) -> None:
        self.day += timedelta(days=days)

    @rule(which=bills, satang=amounts, means=st.sampled_from([Means.CASH, Means.QR]))
    def pay(self, which: int, satang: int, means: Means) -> None:
        self.presses += 1
        for _ in range(2):
            taken = payment_take(
                bill=self.bills[which], tender=Tender(means, satang), key=f"{self.presses}",
                actor=self.cashier, now=self.now,
            )  # fmt: skip
        assert not taken[1]
        self.came += satang

    @rule(which=bills)
    def pay_all(self, which: int) -> None:
        due = due_on(self.bills[which], self.day).total
        if due:
            self.pay(which, due, Means.CASH)
            assert balance_of(self.bills[which]).due_satang == 0

    @rule(which=bills, satang=amounts)
    def a_payment_that_crashes(self, which: int, satang: int) -> None:
        before = ledger_hash(self.office)
        with pytest.raises(Crash), transaction.atomic():
            payment_take(
                bill=self.bills[which], tender=Tender(Means.CASH, satang), key="crash",
                actor=self.cashier, now=self.now,
            )  # fmt: skip
            raise Crash
        assert ledger_hash(self.office) == before

    @rule(which=bills)
    def agree_on_instalments(self, which: int) -> None:
        self.attempt(lambda: instalments_agree(self.bills[which], actor=self.cashier, now=self.now))

    @rule(data=st.data())
    def reverse(self, data: st.DataObject) -> None:
        payments = list(Payment.objects.filter(bill__in=self.bills).order_by("pk"))
        if not payments:
            return
        payment = data.draw(st.sampled_from(payments))
        asked = self.attempt(
            lambda: reversal_prepare(
                payment=payment, reason="test", actor=self.cashier, now=self.now
            )
        )
        if self.decided(asked) and payment.bank_line_id is None:
            confirmed = hasattr(payment, "confirmed_by")
            self.went += 0 if confirmed else payment.amount_satang

    @rule(which=bills, part=st.integers(1, 3))
    def refund(self, which: int, part: int) -> None:
        left = due_on(self.bills[which], self.day).overpaid
        satang = -(-left // part)
        asked = self.attempt(
            lambda: refund_prepare(
                bill=self.bills[which], satang=satang, pay_to="-", reason="test",
                actor=self.cashier, now=self.now,
            )
        )  # fmt: skip
        if self.decided(asked):
            self.went += satang

    @rule(which=bills, what=component, part=st.integers(1, 3))
    def waive(self, which: int, what: MoneyRequest.Component, part: int) -> None:
        due = due_on(self.bills[which], self.day)
        satang = {"tax": due.tax, "penalty": due.penalty, "surcharge": due.surcharge}[what] // part
        self.decided(
            self.attempt(
                lambda: waiver_prepare(
                    bill=self.bills[which], component=what, satang=satang, reason="test",
                    actor=self.cashier, now=self.now,
                )
            )
        )  # fmt: skip

    @rule(which=bills, more=st.booleans(), satang=st.integers(1, 40_000))
    def correct(self, which: int, more: bool, satang: int) -> None:
        assessment = self.bills[which].assessments.order_by("pk").first()
        assert assessment is not None
        charged = Balance.objects.get(pk=assessment.pk).charged_satang
        satang = satang if more else min(satang, charged)
        if not satang:
            return
        note = BillNote.objects.create(
            assessment=assessment, amount_satang=satang, reason="test", cause="objection",
            kind="supplementary" if more else "credit", prepared_by=self.cashier,
            prepared_at=self.now, decided_by=self.manager, decided_at=self.now, is_approved=True,
        )  # fmt: skip
        first = self.attempt(lambda: note_post(note, actor=self.manager, now=self.now))
        if first is not None:
            assert note_post(note, actor=self.manager, now=self.now) == first

    @rule(lines=st.lists(st.tuples(st.integers(0, 3), amounts, st.integers(0, 9)), max_size=3))
    def import_a_file(self, lines: list[tuple[int, int, int]]) -> None:
        found = [
            ReportedPayment(
                line=0, bank_code="006", account="1", paid_at=time(9), amount_satang=satang,
                paid_on=self.day - timedelta(days=ago),
                reference_1=self.bills[which].reference_1 if which < 3 else "",
            )
            for which, satang, ago in lines
        ]  # fmt: skip
        data = write_report(BankReportFile("006", "1", "-", self.day, payments=found))
        before = self.bank_lines()
        self.attempt(
            lambda: bank_report_import(
                data, local_authority=self.office, actor=self.cashier, now=self.now
            )
        )
        self.came += self.bank_lines() - before

    def bank_lines(self) -> int:
        """Money that bank files brought and no cashier had taken before."""

        new = BankLine.objects.filter(report__local_authority=self.office, confirms=None)
        return new.aggregate(total=Sum("amount_satang"))["total"] or 0

    @rule(which=bills)
    def match_by_hand(self, which: int) -> None:
        line = suspense_lines(self.office).first()
        if line is not None:
            asked = match_prepare(
                line=line, bill=self.bills[which], reason="test", actor=self.cashier, now=self.now
            )
            assert self.decided(asked)

    @invariant()
    def the_ledger_is_sound(self) -> None:
        if not hasattr(self, "bills"):
            return
        assert ledger_verify() == []
        legs = Leg.objects.filter(entry__local_authority=self.office)
        money = legs.filter(account__purpose__in=[*MONEY_IN, "bank"]).aggregate(s=Sum("satang"))
        assert (money["s"] or 0) == self.came - self.went
        by_bill = sum(balance_of(bill).due_satang for bill in self.bills)
        due = ["tax_due", "penalty_due", "surcharge_due"]
        by_account = legs.filter(account__purpose__in=due).aggregate(s=Sum("satang"))["s"] or 0
        by_day = sum(
            row["s"]
            for row in legs.filter(account__purpose__in=due)
            .values("entry__booked_on")
            .annotate(s=Sum("satang"))
        )
        assert by_bill == by_account == by_day


@pytest.mark.django_db
def test_whatever_happens_the_ledger_balances() -> None:
    run_state_machine_as_test(
        Year,
        settings=settings(
            max_examples=MACHINES, stateful_step_count=STEPS, deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
