"""The forms in which an officer writes transactions of rights, one for each kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from cadastre.digits import typed_text
from cadastre.errors import LandError
from parcels.models import BAUnit, Mortgage, Party, Restriction, Transaction
from parcels.registration.holdings import FINEST_TYPED, holdings_of, rights_held
from parcels.registration.mortgages import mortgages_in_force, next_rank
from parcels.registration.notes import RESPONSIBILITY
from parcels.services.search import refuse_personal_number
from parcels.services.titles import title_state
from parcels.services.transactions import SourceFacts
from web.fields import BahtField, BuddhistDateField

Kind = Transaction.Kind
SOURCE_KINDS: Final = {
    "request": _("application of the holder (Tor.Dor. 1, Tor.Dor. 9)"),
    "contract": _("contract or deed of transfer"),
    "court_order": _("judgment or order of a court"),
    "official_letter": _("letter or order of an authority"),
    "survey": _("record of a survey"),
    "other": _("other document"),
}
MOST_RECEIVERS: Final = 30
NEW: Final = "new"
PARTY_KINDS: Final = [(k.value, k.label) for k in Party.Kind if k != Party.Kind.GROUP]


def source_kind_label(kind: str) -> str:
    """The kind of a source document in words."""
    return str(SOURCE_KINDS.get(kind, kind))


class ShareField(forms.CharField):
    """``1/2`` or ``๑/๒``; ``1`` is the whole. Gives numerator and denominator as typed."""

    default_error_messages: ClassVar = {
        "share": _("Write the share as a fraction that is at most one, such as 1/2 or 3/8.")
    }

    def clean(self, value: Any) -> Any:
        text = typed_text(super().clean(value) or "").replace(" ", "")
        if not text:
            return None
        top, _slash, bottom = text.partition("/")
        bottom = bottom or "1"
        if not all(part.isascii() and part.isdigit() and len(part) <= 7 for part in (top, bottom)):
            raise self._wrong()
        numerator, denominator = int(top), int(bottom)
        if not 1 <= numerator <= denominator <= FINEST_TYPED:
            raise self._wrong()
        return {"numerator": numerator, "denominator": denominator}

    def _wrong(self) -> ValidationError:
        return ValidationError(self.error_messages["share"], code="share")


def _no_personal_number(text: str) -> None:
    try:
        refuse_personal_number(text)
    except LandError:
        message = _("Do not enter personal identification numbers: they are not kept here.")
        raise ValidationError(message, code="personal_number") from None


def _text(label: Any, most: int, *, required: bool = True, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, required=required, validators=[_no_personal_number], **more
    )


class PartyForm(forms.Form):
    """Somebody: a holder in the register, or a name."""

    who = forms.ChoiceField(label=pgettext_lazy("party", "Who"))
    kind = forms.ChoiceField(label=_("Kind of holder"), choices=PARTY_KINDS)
    title = _text(_("Prefix"), 60, required=False)
    name = _text(
        _("Given name, or name of the juristic person"), 200,
        error_messages={"required": _("Enter the name.")},
    )  # fmt: skip
    surname = _text(_("Surname"), 120, required=False)

    def __init__(self, *args: Any, known: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        choices = [(NEW, gettext("somebody new: enter the name")), *known]
        self.fields["who"].choices = choices  # type: ignore[attr-defined]
        is_known = self.data.get(self.add_prefix("who"), NEW) != NEW
        for name in ("kind", "name"):
            self.fields[name].required = not is_known

    def named(self) -> dict[str, Any]:
        """The party in the form of a content."""
        said = self.cleaned_data
        return {"party": int(said["who"])} if said["who"] != NEW else {"new": facts_of(said)}


class ReceiverForm(PartyForm):
    """Somebody and a share of what passes."""

    share = ShareField(
        label=_("Share"), required=False,
        help_text=_("Such as 1/2. Leave the shares of all empty for equal shares."),
    )  # fmt: skip


def facts_of(said: dict[str, Any]) -> dict[str, Any]:
    """Kind, title, name and surname."""
    kind = said.get("kind") or Party.Kind.INDIVIDUAL.value
    return {"kind": kind} | {key: said[key] for key in ("title", "name", "surname")}


class ActForm(forms.Form):
    """What every transaction says, and below what its kind says."""

    source_kind = forms.ChoiceField(
        label=_("Source document"), choices=[("", _("Choose")), *SOURCE_KINDS.items()]
    )
    source_reference = _text(
        _("Number or name of the document"), 200,
        help_text=_("As on the document, for example ท.ด. 1 เลขที่ 123/2569."),
    )  # fmt: skip
    source_issued_on = BuddhistDateField(
        label=_("Date of the document"), required=False, latest=timezone.localdate,
        help_text=_("For example 21/11/2569"),
    )  # fmt: skip
    scan = forms.FileField(
        label=_("Scanned file"), required=False,
        help_text=_("PDF, JPEG, PNG or TIFF, up to 20 MB. More files can be added afterwards."),
    )  # fmt: skip
    reason = _text(_("Reason"), 500, help_text=_("Why the register is to change, in a sentence."))
    effective_on = BuddhistDateField(
        label=_("Takes effect on"), required=False, latest=timezone.localdate,
        help_text=_("Leave it empty for the day of registration."),
    )  # fmt: skip

    receives: ClassVar[bool] = False
    own: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self,
        *args: Any,
        title: BAUnit,
        names: bool,
        rows: Sequence[dict[str, Any]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        self.title, self.names = title, names
        self.day = timezone.localdate()
        for field in self.fields.values():
            field.error_messages["required"] = format_lazy(
                _("{field}: fill this in."), field=field.label
            )
        data = self.data if self.is_bound else None
        self.receivers = Receivers(data, self.holders(), rows) if self.receives else None

    def is_valid(self) -> bool:
        """Whether this and every row of receivers is whole; all of them tell their faults."""
        rows_whole = self.receivers is None or self.receivers.is_valid()
        whole = super().is_valid()
        if not rows_whole:
            self.add_error(None, gettext("Look at the receivers: something is missing there."))
        return whole and rows_whole

    def holders(self) -> list[tuple[str, str]]:
        """The holders in force as choices; without names for who may not see them."""
        return [
            (str(e.party.pk), f"{e.party.full_name if self.names else f'#{at}'} ({e.share})")
            for at, e in enumerate(holdings_of(rights_held(self.title, self.day)), start=1)
        ]

    def source(self) -> SourceFacts:
        """The source document, for a valid form."""
        said = self.cleaned_data
        return SourceFacts(
            kind=said["source_kind"], reference=said["source_reference"],
            issued_on=said["source_issued_on"],
        )  # fmt: skip

    def content(self) -> dict[str, Any]:
        """What the transaction says, in the form of its kind."""
        return self.said() | ({"to": self.receivers.content()} if self.receivers else {})

    def said(self) -> dict[str, Any]:
        """What the kind says besides receivers."""
        return {name: self.cleaned_data[name] for name in self.own}

    @property
    def own_fields(self) -> list[Any]:
        """The fields of the kind, for the template."""
        return [self[name] for name in self.fields if name not in ActForm.base_fields]


class TransferForm(ActForm):
    receives = True


class TransferShareForm(ActForm):
    giver = forms.ChoiceField(label=_("Who gives"))
    share = ShareField(label=_("Share of the whole title that passes"), help_text=_("Such as 1/4."))
    receives = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["giver"].choices = self.holders()  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {"giver": int(said["giver"]), "share": said["share"]}


class InheritanceForm(ActForm):
    deceased = forms.ChoiceField(label=_("Who died"))
    receives = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["deceased"].choices = self.holders()  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        return {"deceased": int(self.cleaned_data["deceased"])}


class NameCorrectionForm(ActForm):
    party = forms.ChoiceField(label=_("Holder as written now"))
    kind = forms.ChoiceField(label=_("Kind of holder"), choices=PARTY_KINDS)
    title_word = _text(_("Prefix"), 60, required=False)
    name = _text(_("Given name, or name of the juristic person"), 200)
    surname = _text(_("Surname"), 120, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["party"].choices = self.holders()  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        said = self.cleaned_data
        correct = facts_of(said | {"title": said["title_word"]})
        return {"party": int(said["party"]), "correct": correct}


class MortgageForm(ActForm):
    creditor = forms.ChoiceField(label=_("Creditor"))
    creditor_name = _text(
        _("Name of the creditor"), 200, required=False,
        help_text=_("Only for a creditor who is not in the list."),
    )  # fmt: skip
    creditor_kind = forms.ChoiceField(
        label=_("Kind of creditor"), choices=PARTY_KINDS, initial=Party.Kind.JURISTIC.value
    )
    amount = BahtField(label=_("Amount in baht"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Banks lend on many titles; a person who once lent is not offered to others.
        banks = Party.objects.filter(
            kind=Party.Kind.JURISTIC, mortgages__ba_unit__office=self.title.office
        )
        known = [(str(each.pk), each.full_name) for each in banks.distinct().order_by("name")[:200]]
        choices = [*known, (NEW, gettext("somebody new: enter the name"))]
        self.fields["creditor"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("creditor") == NEW and not said.get("creditor_name"):
            self.add_error("creditor_name", gettext("Enter the name."))
        return said

    def said(self) -> dict[str, Any]:
        said = self.cleaned_data
        new = {"kind": said["creditor_kind"], "name": said["creditor_name"]}
        known = said["creditor"] != NEW
        return {
            "creditor": {"party": int(said["creditor"])} if known else {"new": new},
            "amount_satang": said["amount"],
            "rank": next_rank(self.title, said["effective_on"] or self.day),
        }


class MortgageReleaseForm(ActForm):
    mortgage = forms.ChoiceField(label=_("Mortgage that ends"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(m.pk), self._said(m)) for m in mortgages_in_force(self.title, self.day)]
        self.fields["mortgage"].choices = choices  # type: ignore[attr-defined]

    def _said(self, mortgage: Mortgage) -> str:
        facts = {
            "rank": mortgage.rank, "amount": f"{mortgage.amount_satang // 100:,}",
            "creditor": mortgage.creditor.full_name if self.names else "",
        }  # fmt: skip
        return gettext("rank %(rank)d: %(amount)s baht %(creditor)s") % facts

    def said(self) -> dict[str, Any]:
        return {"mortgage": int(self.cleaned_data["mortgage"])}


class TitleChangeForm(ActForm):
    book = _text(_("Book"), 20, required=False)
    page = _text(_("Page"), 20, required=False)
    survey_page = _text(_("Survey page"), 20, required=False)
    own = ("book", "page", "survey_page")


class TitleCancellationForm(ActForm):
    ground = _text(
        _("Ground of the cancellation"), 200,
        help_text=_("The order and the section of the law, for example Land Code, section 61."),
    )  # fmt: skip
    own = ("ground",)


class ReplacementDeedForm(ActForm):
    because = _text(_("What became of the deed"), 200)
    own = ("because",)


class NoteForm(ActForm):
    text = _text(_("Note"), 500, widget=forms.Textarea)
    enters = forms.ChoiceField(
        label=_("The note enters"), required=False,
        choices=[
            ("", _("nothing: it is only a note")), *Restriction.Kind.choices,
            (RESPONSIBILITY, _("responsibility")),
        ],
        help_text=_("A restriction or responsibility holds from its day until a note ends it."),
    )  # fmt: skip
    ends = forms.ChoiceField(label=_("The note ends"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        state = title_state(self.title, self.day)
        restrictions = [
            (f"restriction-{each.pk}", f"{each.get_kind_display()}: {each.text}")
            for each in state.restrictions
        ]
        responsibilities = [
            (f"{RESPONSIBILITY}-{each.pk}", f"{gettext('responsibility')}: {each.text}")
            for each in state.responsibilities
        ]
        choices = [("", gettext("nothing")), *restrictions, *responsibilities]
        self.fields["ends"].choices = choices  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        said = self.cleaned_data
        found = {"text": said["text"]} | ({"enters": said["enters"]} if said["enters"] else {})
        kind, _dash, key = said["ends"].partition("-")
        return found | ({f"ends_{kind}": int(key)} if key else {})


FORMS: Final[dict[str, type[ActForm]]] = {
    Kind.TRANSFER: TransferForm,
    Kind.TRANSFER_SHARE: TransferShareForm,
    Kind.INHERITANCE: InheritanceForm,
    Kind.NAME_CORRECTION: NameCorrectionForm,
    Kind.MORTGAGE: MortgageForm,
    Kind.MORTGAGE_RELEASE: MortgageReleaseForm,
    Kind.TITLE_CHANGE: TitleChangeForm,
    Kind.TITLE_CANCELLATION: TitleCancellationForm,
    Kind.REPLACEMENT_DEED: ReplacementDeedForm,
    Kind.NOTE: NoteForm,
}


class Receivers:
    """The rows of receivers below a form: as many as were asked for, none of them empty."""

    def __init__(
        self, data: Any, known: list[tuple[str, str]], rows: Sequence[dict[str, Any]]
    ) -> None:
        self.bound = data is not None
        count = _bounded(data.get("receivers")) if self.bound else max(len(rows), 1)
        if self.bound and "more" in data:
            count = min(count + 1, MOST_RECEIVERS)
        self.forms = [
            ReceiverForm(
                # A row that was only just asked for is not wrong yet.
                data if self.bound and f"to-{at}-who" in data else None,
                prefix=f"to-{at}", known=known, initial=rows[at] if at < len(rows) else None,
            )
            for at in range(count)
        ]  # fmt: skip
        self.error = ""

    def is_valid(self) -> bool:
        """Whether every row is whole, and shares are given for all or for none."""
        if not all([form.is_valid() for form in self.forms]):  # noqa: C419  all rows tell their faults
            return False
        given = [form.cleaned_data["share"] is not None for form in self.forms]
        if any(given) and not all(given):
            self.error = gettext("Enter the share of every receiver, or leave all of them empty.")
        return not self.error

    def content(self) -> list[dict[str, Any]]:
        """The receivers in the form of a content; equal shares where none is written."""
        equal = {"numerator": 1, "denominator": len(self.forms)}
        return [
            form.named() | {"share": form.cleaned_data["share"] or equal} for form in self.forms
        ]


def _bounded(text: str | None) -> int:
    number = int(text) if text and text.isascii() and text.isdigit() and len(text) < 4 else 1
    return min(max(number, 1), MOST_RECEIVERS)
