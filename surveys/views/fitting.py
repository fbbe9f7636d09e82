"""Fit an old sheet to control: coordinates typed or pasted in, residuals and coordinates out."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from cadastre.errors import LandError
from cadastre.geodesy import FitKind, fit_sheet
from offices.permissions import Permission, permission_required
from surveys.fitting import control_typed, picture_of, places_typed

LONGEST_TEXT = 50_000


class FittingForm(forms.Form):
    """Control points and the places to be carried over, one a line."""

    control = forms.CharField(
        label=_("Control points: name, x and y on the sheet, easting, northing"),
        help_text=_("One a line; a sixth column may give the standard deviation in metres."),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 8, "class": "textarea", "spellcheck": "false"}),
    )
    kind = forms.ChoiceField(
        label=_("Kind of fit"),
        choices=[
            (FitKind.SIMILARITY.value, _("similarity (Helmert): shift, turn, one scale")),
            (FitKind.AFFINE.value, _("affine: shift, turn, two scales, skew")),
        ],
        initial=FitKind.SIMILARITY.value,
        widget=forms.Select({"class": "select"}),
    )
    places = forms.CharField(
        label=_("Points to carry over: name, x and y on the sheet"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 5, "class": "textarea", "spellcheck": "false"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.MANAGE_SURVEYS)
def sheet_fit(request: HttpRequest) -> HttpResponse:
    """The form, and below it what the fit found. Nothing is stored."""
    form = FittingForm(request.POST or None)
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        try:
            context |= _found(form.cleaned_data)
        except LandError as error:
            form.add_error(None, error.render(gettext))
    status = 422 if form.errors else 200
    response = render(request, "surveys/fitting.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _found(said: dict[str, Any]) -> dict[str, Any]:
    fit = fit_sheet(control_typed(said["control"]), FitKind(said["kind"]))
    places = places_typed(said["places"])
    carried = fit.forward([place for _name, place in places]) if places else []
    rows = [
        (name, f"{east:.3f}", f"{north:.3f}")
        for (name, _place), (east, north) in zip(places, carried, strict=True)
    ]
    return {
        "fit": fit,
        "picture": picture_of(fit),
        "scale_ppm": (fit.scale - 1) * 1e6,
        "rows": rows,
        "text": "\n".join("\t".join(row) for row in rows),
    }
