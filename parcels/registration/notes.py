"""Notes in the index of a title, by which restrictions and responsibilities are entered and ended.

docs/algorithms/rights.md, "Notes".
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Final, Literal

from django.utils.translation import gettext as _
from pydantic import Field, StringConstraints

from cadastre.errors import LandError
from parcels.models import BAUnit, Responsibility, Restriction, Transaction
from parcels.registration.holdings import day_of, title_of_act
from parcels.registration.kinds import Content, KindOfAct, register
from parcels.registration.refusals import EntryNotInForce, TitleNotInForce
from parcels.registration.registering import Registration

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
RESPONSIBILITY: Final = "responsibility"
Key = Annotated[int, Field(ge=1)]


class NoteContent(Content):
    """A note in the index of a title (หมายเหตุสารบัญ).

    ``enters`` makes the text a restriction of that kind, or a responsibility, from that day on;
    ``ends`` names an entry that ends with the note.
    """

    text: Text
    enters: Restriction.Kind | Literal["responsibility"] | None = None
    ends_restriction: Key | None = None
    ends_responsibility: Key | None = None

    @property
    def changes(self) -> bool:
        """Whether the note does more than say something."""
        return any((self.enters, self.ends_restriction, self.ends_responsibility))


def _content(act: Transaction) -> NoteContent:
    # A note of a section 10 package also says what stood there.
    said = {key: value for key, value in act.content.items() if key in NoteContent.model_fields}
    return NoteContent.model_validate(said)


def _ending(content: NoteContent) -> Iterable[tuple[type[Any], int]]:
    """Class and key of each entry that the note ends."""
    if content.ends_restriction:
        yield Restriction, content.ends_restriction
    if content.ends_responsibility:
        yield Responsibility, content.ends_responsibility


def _faults(act: Transaction) -> Iterable[LandError]:
    content = _content(act)
    if not content.changes:
        return
    title, day = title_of_act(act), day_of(act)
    if title.retired_by_id or not BAUnit.objects.filter(
        pk=title.pk, valid_during__contains=day
    ).exists():  # fmt: skip
        yield TitleNotInForce(title=title)
    for kind, key in _ending(content):
        standing = kind.objects.filter(pk=key, ba_unit=title, valid_during__contains=day)
        if not standing.filter(retired_by=None).exists():
            yield EntryNotInForce(title=title)


def _written(registration: Registration) -> None:
    """A title's page lists the transactions it is in: the note itself needs nothing else."""
    content = _content(registration.act)
    if not content.changes:
        return
    (title,) = registration.titles.values()
    for kind, key in _ending(content):
        registration.end(kind.objects.select_for_update().get(pk=key, ba_unit=title))
    begun = {
        "ba_unit": title, "text": content.text, "valid_during": registration.since,
        "created_by": registration.act,
    }  # fmt: skip
    if content.enters == RESPONSIBILITY:
        Responsibility.objects.create(**begun)
    elif content.enters:
        Restriction.objects.create(kind=content.enters, **begun)


def _summary(act: Transaction) -> list[str]:
    content = _content(act)
    said = [_("A note is written in the index of the title: “%(text)s”") % {"text": content.text}]
    if content.enters:
        said.append(_("It enters: %(what)s.") % {"what": entry_label(content.enters)})
    for kind, key in _ending(content):
        entry = kind.objects.filter(pk=key).first()
        facts = {"what": _entry_named(entry), "text": entry.text if entry else "–"}
        said.append(_("It ends: %(what)s (“%(text)s”).") % facts)
    return said


def entry_label(kind: str) -> str:
    """A kind of restriction, or a responsibility, in words."""
    return _("responsibility") if kind == RESPONSIBILITY else str(Restriction.Kind(kind).label)


def _entry_named(entry: Restriction | Responsibility | None) -> str:
    return entry_label(entry.kind if isinstance(entry, Restriction) else RESPONSIBILITY)


register(
    KindOfAct(
        kind=Transaction.Kind.NOTE, content=NoteContent, apply=_written, summary=_summary,
        faults=_faults,
    )
)  # fmt: skip
