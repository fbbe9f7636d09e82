"""By when an owner may act and the office must answer; the days are dated parameters of the law."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from cadastre.tax.dated import Provision, dated
from cadastre.tax.schedule import fields, whole
from taxmap.models import Objection


class Deadlines(NamedTuple):
    """Last days of filing and of deciding, as `procedure/objection` or `procedure/appeal` say."""

    file_by: date
    decide_by: date


def deadlines_of(kind: str, *, told_on: date | None, received_on: date) -> Deadlines:
    """The last days of an objection or an appeal.

    ``told_on`` is the day on which the owner received what is contested; without one nothing was
    served, and the time to file has not begun: the day of receipt stands in.
    """
    is_appeal = kind == Objection.Kind.APPEAL
    name = "procedure/appeal" if is_appeal else "procedure/objection"
    rule = dated(name, fields).on(received_on).value
    return Deadlines(
        (told_on or received_on) + timedelta(days=whole(rule["file_within"])),
        received_on + timedelta(days=whole(rule["decide_within"])),
    )


def notification_rule(on: date) -> Provision[int]:
    """Days within which a change of use is notified (ภ.ด.ส.5), with reference and doubts."""
    return dated("procedure/change_of_use", whole).on(on)
