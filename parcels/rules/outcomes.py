"""What the rules say of a transaction: what stops it, and what maker and checker should know.

The rules look at the register as it would be afterwards and as it is; a fault that was there and
is not made worse never stops a transaction, or dirty data could not be corrected.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from cadastre.errors import LandError, gettext_noop
from parcels.models import BAUnit, Parcel, ProposedParcel, Severity, Transaction
from parcels.rules.act_rules import Proposed, act_hits
from parcels.rules.catalogue import Moment, Rule, rule_named, rules_at
from parcels.rules.checking import Hit, Scope, checked_state, sql_hits
from parcels.rules.fabric_rules import fabric_hits
from parcels.rules.wording import worded

Key = tuple[str, int | None, int | None, int | None]
TARGETS: Final = 0
"""Stands for all subjects and new parcels alike when before and after are compared."""

SLACK: Final = 0.01
"""A fault counts as worse when it grows by more than this part of it, or this many units."""

_MOMENTS: Final = {
    Transaction.Status.DRAFT: Moment.SUBMIT,
    Transaction.Status.RETURNED: Moment.SUBMIT,
    Transaction.Status.SUBMITTED: Moment.APPROVE,
    Transaction.Status.APPROVED: Moment.REGISTER,
}


class RuleBroken(LandError):
    """A critical rule forbids the transaction. The words are those of the rule."""

    code = "rule_broken"
    message = gettext_noop("A rule of the register forbids this transaction.")

    def __init__(self, *, rule: str, what: str = "", **evidence: object) -> None:
        super().__init__(rule=rule, what=what, **evidence)

    def render(self, translate: Callable[[str], str] = gettext_noop) -> str:
        """What is wrong, where, and what to do, in the language of the reader."""
        evidence = {"parcel": "–", "other": "–", "title": "–"} | self.evidence
        rule = rule_named(str(self.evidence["rule"]))
        said = f"{translate(self.message)} {worded(rule, evidence)} {rule.remedy}"
        lon, lat = self.evidence.get("lon"), self.evidence.get("lat")
        if lon is None or lat is None:
            return said
        return f"{said} ({_('latitude')} {lat:.6f}, {_('longitude')} {lon:.6f})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One thing a rule says of a transaction. ``stopping``: it may not go on with it.

    ``existing``: the register has this fault already, and the transaction does not make it worse.
    """

    rule: Rule
    hit: Hit
    names: Mapping[str, str]
    stopping: bool
    existing: bool

    @property
    def title(self) -> str:
        return self.rule.title

    @property
    def message(self) -> str:
        return worded(self.rule, self._evidence)

    @property
    def remedy(self) -> str:
        return self.rule.remedy

    @property
    def error(self) -> RuleBroken:
        """The same as an error, for the edge to answer with."""
        lon, lat = self.hit.place or (None, None)
        return RuleBroken(rule=self.rule.code, **self._evidence, lon=lon, lat=lat)

    @property
    def _evidence(self) -> dict[str, Any]:
        return {**self.hit.evidence, **self.names, "measure": self.hit.measure}


def critical_outcomes(act: Transaction) -> Iterable[LandError]:
    """Everything that stops ``act`` at the step it is about to take."""
    return [each.error for each in outcomes_now(act) if each.stopping]


def outcomes_now(act: Transaction) -> list[Outcome]:
    """All that the rules say of ``act`` at the step it is about to take, what stops it first."""
    moment = _MOMENTS.get(Transaction.Status(act.status))
    return [] if moment is None else outcomes_of(act, moment)


def outcomes_of(act: Transaction, moment: Moment) -> list[Outcome]:
    """All that the rules of that moment say of ``act``, what stops it first."""
    today = timezone.localdate()
    wanted = [rule for rule in rules_at(moment) if rule.concerns(act)]
    rows = list(act.proposed.all())
    now = _focus(rows, now=True)
    titles = list(act.titles.values_list("ba_unit_id", flat=True))
    present = Scope.of(act.office, today, only=now, titles=titles)
    with checked_state(today):
        before = _hits([r for r in wanted if r.subject in ("fabric", "parcel")], present)
        about_titles = _hits([r for r in wanted if r.subject == "title"], present)
        about_act = _act_hits([r for r in wanted if r.subject == "transaction"], act, present)
    after: list[Hit] = []
    if rows:
        then = Scope.of(act.office, today, only=_focus(rows, now=False))
        with checked_state(today, act):
            after = _hits([r for r in wanted if r.subject in ("fabric", "parcel")], then)
    worse = _worse(before, after, _stand_ins(rows))
    names = _Names([*after, *about_titles, *about_act])
    found = [
        *(_outcome(hit, names, existing=not worse(hit)) for hit in after),
        *(_outcome(hit, names, existing=True) for hit in about_titles),
        *(_outcome(hit, names, existing=False) for hit in about_act),
    ]
    order = {severity: number for number, severity in enumerate(Severity)}
    return sorted(found, key=lambda o: (not o.stopping, o.existing, order[o.rule.severity]))


def _focus(rows: list[ProposedParcel], *, now: bool) -> list[int]:
    """The parcels concerned: as they are, or as they would be."""
    if now:
        return [row.parcel_id for row in rows if row.parcel_id]
    return [row.parcel_id or -row.pk for row in rows if row.geometry]


def _hits(rules: list[Rule], scope: Scope) -> list[Hit]:
    found = [hit for rule in rules if rule.check == "sql" for hit in sql_hits(rule, scope)]
    found += fabric_hits([rule for rule in rules if rule.check == "coverage"], scope)
    return found


def _act_hits(rules: list[Rule], act: Transaction, scope: Scope) -> list[Hit]:
    day: date = act.effective_on or scope.on
    proposed = Proposed(act=act, day=day, scope=scope)
    return [hit for rule in rules for hit in act_hits(rule.code, proposed)]


def _stand_ins(rows: list[ProposedParcel]) -> dict[int, int]:
    """Subjects and new parcels are one, however the ground is cut among them."""
    own = [row for row in rows if row.role != ProposedParcel.Role.NEIGHBOUR]
    return {key: TARGETS for row in own for key in (row.parcel_id, -row.pk) if key is not None}


def _worse(
    before: list[Hit], after: list[Hit], stand_ins: Mapping[int, int]
) -> Callable[[Hit], bool]:
    """Whether the faults of a hit's kind between the same parties grow by the transaction."""

    def key(hit: Hit) -> Key:
        rule = rule_named(hit.rule)
        if hit.rule == "gap":  # it lies between more parcels than the two named
            return ("gap", None, None, None)
        pair = [stand_ins.get(k, k) for k in (hit.parcel, hit.other) if k is not None]
        one, two = (*sorted(pair), None, None)[:2]
        return (rule.family or rule.code, one, two, hit.title)

    def totals(hits: list[Hit]) -> dict[Key, float]:
        found: dict[Key, float] = defaultdict(float)
        for hit in hits:
            found[key(hit)] += 1.0 if hit.measure is None else hit.measure
        return found

    was, will_be = totals(before), totals(after)
    limits = {each: was[each] + max(SLACK, SLACK * was[each]) for each in was}
    return lambda hit: will_be[key(hit)] > limits.get(key(hit), 0.0)


def _outcome(hit: Hit, names: _Names, *, existing: bool) -> Outcome:
    rule = rule_named(hit.rule)
    return Outcome(
        rule=rule,
        hit=hit,
        names=names.of(hit),
        stopping=rule.severity == Severity.CRITICAL and not existing,
        existing=existing,
    )


class _Names:
    """What people call the parcels and titles of some hits, asked for at once."""

    def __init__(self, hits: list[Hit]) -> None:
        keys = {key for hit in hits for key in (hit.parcel, hit.other) if key is not None}
        self._parcels = {
            pk: land_number or public_id
            for pk, land_number, public_id in Parcel.objects.filter(pk__in=keys).values_list(
                "pk", "land_number", "public_id"
            )
        }
        named = [-key for key in keys if key < 0]
        acts = ProposedParcel.objects.filter(pk__in=named).values("transaction")
        pieces = ProposedParcel.objects.filter(
            transaction__in=acts, role=ProposedParcel.Role.PIECE
        ).order_by("position")
        for number, pk in enumerate(pieces.values_list("pk", flat=True), 1):
            self._parcels[-pk] = f"({number})"
        titles = {hit.title for hit in hits if hit.title is not None}
        self._titles = {t.pk: str(t) for t in BAUnit.objects.filter(pk__in=titles)}

    def of(self, hit: Hit) -> dict[str, str]:
        """Names for the words of a rule."""
        return {
            "parcel": self._parcels.get(hit.parcel or 0, "–"),
            "other": self._parcels.get(hit.other or 0, "–"),
            "title": self._titles.get(hit.title or 0, "–"),
        }
