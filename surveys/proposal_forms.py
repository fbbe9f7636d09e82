"""The form in which a person says which point is which corner."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from surveys.proposing.decisions import Decisions
from surveys.proposing.ground import Ground
from surveys.proposing.matching import Decision, Fate, How, Match

MOST_CORNERS = 30


class MatchForm(forms.Form):
    """One choice for each point, one tick for each corner without a point, the dividing line."""

    def __init__(self, data: Any, *, ground: Ground, divides: bool) -> None:
        super().__init__(data)
        self.ground = ground
        used = {each.corner.key for each in ground.matches if each.corner}
        for number, each in enumerate(ground.matches):
            self.fields[f"point-{number}"] = forms.ChoiceField(
                label=each.shot.name, choices=_choices(ground, each), initial=_initial(each)
            )
        self.spare = [key for key in ground.standing if key not in used] if not divides else []
        for number, key in enumerate(self.spare):
            self.fields[f"gone-{number}"] = forms.BooleanField(
                required=False, initial=key in ground.decisions.gone,
                label=_("take out %(corner)s") % {"corner": ground.name_of(key)},
            )  # fmt: skip
        if not divides:
            self.fields["consent"] = forms.CharField(
                required=False, max_length=500, initial=ground.decisions.consent,
                label=gettext_lazy("How the neighbours agreed"),
                help_text=gettext_lazy(
                    "If their boundary changes too. Such as: statement Tor.Dor. 16, signed by all."
                ),
            )  # fmt: skip
        if divides:
            self.fields["line"] = forms.CharField(
                required=False, max_length=400,
                label=gettext_lazy("Dividing line, its points in order"),
                help_text=gettext_lazy("Names with commas between them; empty: the new marks."),
                initial=", ".join(ground.decisions.line),
            )  # fmt: skip

    def decisions(self) -> Decisions:
        """What was chosen; what the computer had proposed and nobody changed is no decision."""
        points = {}
        for number, each in enumerate(self.ground.matches):
            chosen = self.cleaned_data[f"point-{number}"]
            known = self.ground.decisions.points.get(each.shot.name)
            if chosen == "" or (known is None and chosen == _initial(each)):
                continue
            fate, _colon, corner = chosen.partition(":")
            points[each.shot.name] = Decision(Fate(fate), corner)
        line = self.cleaned_data.get("line", "")
        return Decisions(
            points=points,
            gone=frozenset(
                key for number, key in enumerate(self.spare) if self.cleaned_data[f"gone-{number}"]
            ),
            line=tuple(name for part in line.split(",") if (name := part.strip())),
            consent=self.cleaned_data.get("consent", "").strip(),
            note=self.ground.decisions.note,
        )


def _initial(each: Match) -> str:
    if each.fate is Fate.OPEN:
        return ""
    return f"{each.fate.value}:{each.corner.key}" if each.corner else each.fate.value


def _choices(ground: Ground, each: Match) -> list[tuple[str, str]]:
    """Near corners first, then all others; a corner is moved to the point, or stays."""
    near = [corner.key for corner, _distance in each.candidates]
    if each.corner is not None and each.corner.key not in near:
        near.insert(0, each.corner.key)
    distances = {corner.key: distance for corner, distance in each.candidates}
    found = [("", _("not decided"))] if each.how is not How.DECIDED and not each.corner else []
    for key in near:
        name = ground.name_of(key)
        apart = ""
        if key in distances:
            apart = " (" + _("%(distance)s m") % {"distance": f"{distances[key]:.3f}"} + ")"
        found.append((f"moves:{key}", _("%(corner)s moves here") % {"corner": name} + apart))
        found.append((f"keeps:{key}", _("%(corner)s stays where it is") % {"corner": name}))
    found.append(("new", _("a new mark")))
    found.append(("none", _("no mark: not used")))
    others = [key for key in ground.standing if key not in near][:MOST_CORNERS]
    return found + [
        (f"moves:{key}", _("%(corner)s moves here") % {"corner": ground.name_of(key)})
        for key in others
    ]
