"""Widgets of the fields in `web.fields`. Their templates carry labels, so that each box has one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class RaiNganWaWidget(forms.MultiWidget):
    """Three labelled boxes in a row: ไร่, งาน, ตารางวา."""

    template_name = "web/widgets/rai_ngan_wa.html"
    use_fieldset = True
    part_labels = (_("Rai"), _("Ngan"), _("Square wa"))

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        box = {"class": "input", "autocomplete": "off"}
        super().__init__(
            widgets={
                "rai": forms.TextInput({**box, "inputmode": "numeric"}),
                "ngan": forms.TextInput({**box, "inputmode": "numeric"}),
                "wa": forms.TextInput({**box, "inputmode": "decimal"}),
            },
            attrs=attrs,
        )

    def decompress(self, value: Any) -> list[Any]:
        """The three values come ready from the field's ``prepare_value``."""
        return list(value) if value else [None, None, None]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Give each box its label."""
        context = super().get_context(name, value, attrs)
        for part, label in zip(context["widget"]["subwidgets"], self.part_labels, strict=True):
            part["label"] = label
        return context

    def id_for_label(self, id_: str) -> str:
        """The first box: where a link from the error summary leads."""
        return f"{id_}_0" if id_ else id_
