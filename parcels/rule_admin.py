"""What an office tolerates, in Django's admin: data with a reason, never code."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from offices.admin import AuditedAdmin
from parcels.models import RuleSetting
from parcels.rules.catalogue import rules


class RuleSettingForm(forms.ModelForm):  # type: ignore[type-arg]
    """Only values that a rule has."""

    class Meta:
        model = RuleSetting
        fields = ("office", "rule", "name", "value", "reason")

    def clean(self) -> dict[str, Any] | None:
        said = super().clean() or self.cleaned_data
        rule = rules().get(said.get("rule", ""))
        if rule is None or not rule.settings:
            able = ", ".join(code for code, each in rules().items() if each.settings)
            raise ValidationError(
                _("No such rule tolerates anything. These do: %(rules)s"), params={"rules": able}
            )
        if said.get("name") not in rule.settings:
            raise ValidationError(
                _("The rule %(rule)s has no such value. It has: %(names)s"),
                params={"rule": rule.code, "names": ", ".join(rule.settings)},
            )
        return said


class RuleSettingAdmin(AuditedAdmin):
    """Set by a superuser; the next check of the office goes by it."""

    form = RuleSettingForm
    list_display = ("office", "rule", "name", "value", "reason")
    list_filter = ("office",)
    list_select_related = ("office",)
    ordering = ("office", "rule", "name")
