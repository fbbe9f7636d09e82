"""What officers write about an objection or a correction of a bill."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from taxmap.models import BillNote, Objection
from web.fields import BahtField, BuddhistDateField

DECISIONS = [
    (each.value, each.label)
    for each in (
        Objection.State.ALLOWED, Objection.State.PARTLY_ALLOWED, Objection.State.DISMISSED,
    )
]  # fmt: skip


def _text(label: Any, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=4_000, widget=forms.Textarea(attrs={"rows": 4}), **more
    )


class PlainForm(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("use_required_attribute", False)
        super().__init__(*args, **kwargs)


class ReceiveForm(PlainForm):
    """A petition as it comes in."""

    received_on = BuddhistDateField(label=_("Received on"), latest=timezone.localdate)
    grounds = _text(
        _("What the owner objects to"),
        error_messages={"required": _("Write what the owner objects to.")},
    )


class DocumentForm(PlainForm):
    file = forms.FileField(label=_("Document (PDF, JPEG or PNG)"))


class ExamineForm(PlainForm):
    """What was found, and the tax that follows from it."""

    finding = _text(_("Finding"), error_messages={"required": _("Write what was found.")})
    tax = BahtField(
        label=_("The tax should be"),
        help_text=_("Filled in from the register as it is now. Change it only with a reason."),
    )


class DecideForm(PlainForm):
    outcome = forms.ChoiceField(label=_("Decision"), choices=DECISIONS, widget=forms.RadioSelect)
    decision = _text(_("Reasons"), error_messages={"required": _("Give the reasons.")})


class ToldForm(PlainForm):
    told_on = BuddhistDateField(
        label=_("The owner received the decision on"), latest=timezone.localdate
    )  # fmt: skip


class NoteForm(PlainForm):
    """A correction that nobody objected for."""

    cause = forms.ChoiceField(
        label=_("Cause"),
        choices=[
            (each.value, each.label)
            for each in (
                BillNote.Cause.OWNER_CORRECTION, BillNote.Cause.REGISTER_CHANGED,
                BillNote.Cause.REDUCTION,
            )
        ],
    )  # fmt: skip
    tax = BahtField(
        label=_("The tax should be"),
        help_text=_("Filled in from the register as it is now. Change it only with a reason."),
    )
    reason = _text(_("Reason"), error_messages={"required": _("Give the reason.")})
