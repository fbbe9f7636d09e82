"""The rules as data: read once from ``rules.yaml``, with the words of ``texts.py``."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal

import yaml
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from offices.models import Office
from parcels.models import RuleSetting, Severity, Transaction
from parcels.rules.texts import TEXTS

HERE: Final = Path(__file__).parent
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{2,59}$")]
Unit = Literal["", "m2", "m", "count"]


class Moment(StrEnum):
    """When a rule is looked at: at a step of a transaction, or by a check of the register."""

    SUBMIT = "submit"
    APPROVE = "approve"
    REGISTER = "register"
    AUDIT = "audit"


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Setting(_Data):
    """A value an office may set otherwise (`parcels.models.RuleSetting`)."""

    value: Annotated[Decimal, Field(ge=0)]
    unit: Literal["m2", "m", "percent", "ratio", "count"]


class Rule(_Data):
    """One rule. ``unit`` is that of what it measures; empty when it measures nothing."""

    code: Code
    severity: Severity
    moments: Annotated[frozenset[Moment], Field(min_length=1)]
    subject: Literal["fabric", "parcel", "title", "transaction"]
    check: Literal["coverage", "sql", "act"]
    unit: Unit = ""
    family: str = ""
    kinds: frozenset[Transaction.Kind] = frozenset()
    settings: dict[str, Setting] = {}
    source: Annotated[str, StringConstraints(min_length=1)]

    @property
    def title(self) -> str:
        """What is wrong in a few words, in the language of the reader."""
        return gettext(TEXTS[self.code].title)

    @property
    def remedy(self) -> str:
        """What to do about it, in the language of the reader."""
        return gettext(TEXTS[self.code].remedy)

    def message(self, evidence: dict[str, object]) -> str:
        """What is wrong here, in the language of the reader; ``evidence`` fills it in."""
        return gettext(TEXTS[self.code].message).format_map(_Forgiving(evidence))

    @property
    def sql(self) -> str:
        """The one SELECT of a rule that is checked by the database."""
        return (HERE / "sql" / f"{self.code}.sql").read_text(encoding="utf-8")

    def concerns(self, act: Transaction) -> bool:
        """Whether the rule is for transactions of this kind."""
        return not self.kinds or act.kind in self.kinds


class _Forgiving(dict[str, object]):
    """Evidence kept by an earlier version may lack a value that today's message asks for."""

    def __missing__(self, key: str) -> str:
        return "–"


@cache
def rules() -> dict[str, Rule]:
    """All rules by code, in the order of the file.

    Raises pydantic's ValidationError for data that is not of the form, ImproperlyConfigured for
    a rule named twice, without words, or without its SQL.
    """
    read = yaml.safe_load((HERE / "rules.yaml").read_text(encoding="utf-8"))
    found = [Rule.model_validate(each) for each in read]
    by_code = {rule.code: rule for rule in found}
    if len(by_code) != len(found):
        raise ImproperlyConfigured("A rule of the fabric is named twice.")
    if set(by_code) != set(TEXTS):
        wrong = ", ".join(sorted(set(by_code) ^ set(TEXTS)))
        raise ImproperlyConfigured(f"Rules without words, or words without a rule: {wrong}")
    for rule in found:
        if rule.check == "sql" and not (HERE / "sql" / f"{rule.code}.sql").is_file():
            raise ImproperlyConfigured(f"The rule {rule.code} has no SQL.")
    return by_code


def rule_named(code: str) -> Rule:
    """The rule of that code; KeyError for one that is not (any more) known."""
    return rules()[code]


def rules_at(moment: Moment) -> list[Rule]:
    """The rules that are looked at in that moment."""
    return [rule for rule in rules().values() if moment in rule.moments]


Settings = dict[str, dict[str, Decimal]]


def settings_of(office: Office) -> Settings:
    """What the office tolerates, by rule and name: its own values before those of the rules."""
    values = {
        rule.code: {name: setting.value for name, setting in rule.settings.items()}
        for rule in rules().values()
    }
    for own in RuleSetting.objects.filter(office=office):
        if own.name in values.get(own.rule, {}):
            values[own.rule][own.name] = own.value
    return values
