"""What the editor's page holds: kinds and tools, reference systems, documents, and its words."""

from __future__ import annotations

from typing import Any, Final

from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cadastre.geodesy import INDIAN_1975_47N, INDIAN_1975_48N, UTM_47N, UTM_48N, WGS84
from offices.models import Office
from parcels.mapping import map_settings
from parcels.models import SpatialSource, Transaction
from parcels.transaction_forms import SOURCE_KINDS
from parcels.views.editor_requests import editable_kinds
from parcels.views.editor_texts import editor_texts
from web.formats import format_date

Kind = Transaction.Kind
Json = dict[str, Any]

_DIVIDE: Final = ("line", "ring", "traverse", "equal", "area", "merge")
_CORRECT: Final = ("marks", "replace")

# The tools of each kind: the key that chooses one, and its name.
TOOLS: Final[dict[str, tuple[str, Promise]]] = {
    "line": ("1", _("Divide by a line")),
    "ring": ("2", _("Cut out a piece")),
    "traverse": ("3", _("Bearings and distances")),
    "equal": ("4", _("Equal parts")),
    "area": ("5", _("Cut off an area")),
    "strip": ("6", _("Road strip")),
    "merge": ("7", _("Merge")),
    "marks": ("8", _("Boundary marks")),
    "replace": ("9", _("New boundary")),
    "new": ("0", _("New parcel")),
}
TOOLS_OF_KIND: Final[dict[str, tuple[str, ...]]] = {
    Kind.DIVIDE: _DIVIDE,
    Kind.DIVIDE_PUBLIC: ("strip", *_DIVIDE),
    Kind.MERGE: ("merge",),
    Kind.BOUNDARY_CORRECTION: _CORRECT,
    Kind.RE_SURVEY: _CORRECT,
    Kind.DATA_REPAIR: _CORRECT,
    Kind.AREA_CORRECTION: (),
    Kind.NEW_REGISTRATION: ("new",),
}
# Kinds that may take several parcels at once, and kinds that take parcels as they are.
_MANY: Final = (
    Kind.MERGE, Kind.BOUNDARY_CORRECTION, Kind.RE_SURVEY,
    Kind.DATA_REPAIR,
)  # fmt: skip
_TAKE: Final = (Kind.RE_SURVEY, Kind.AREA_CORRECTION)


def page_context(office: Office, begun: Json) -> Json:
    """All that the page's template reads. ``begun``: what the address asked to begin with."""
    kinds = [kind for kind in TOOLS_OF_KIND if kind in editable_kinds()]
    if begun["kind"] not in kinds:
        begun["kind"] = str(Kind.DIVIDE)
    return {
        "shell_template": "web/office.html",
        "office": office,
        "kinds": [{"kind": str(kind), "label": Kind(kind).label} for kind in kinds],
        "tools": [{"name": name, "key": key, "label": text} for name, (key, text) in TOOLS.items()],
        "systems": _systems(),
        "sources": list(SOURCE_KINDS.items()),
        "survey_classes": SpatialSource.SurveyClass.choices,
        "today": format_date(timezone.localdate(), "short"),
        "shortcuts": _shortcuts(),
        "map": map_settings(),
        "editor": begun | _settings(office, kinds),
        "texts": editor_texts(),
    }


def _settings(office: Office, kinds: list[str]) -> Json:
    return {
        "kinds": [
            {
                "kind": str(kind),
                "tools": TOOLS_OF_KIND[kind],
                "many": kind in _MANY,
                "takes": kind in _TAKE,
                "divides": kind in {Kind.DIVIDE, Kind.DIVIDE_PUBLIC},
                "dedicates": kind == Kind.DIVIDE_PUBLIC,
                "conserves": kind in {Kind.DIVIDE, Kind.DIVIDE_PUBLIC, Kind.MERGE},
                "states": kind != Kind.MERGE,
                "agrees": kind in {Kind.BOUNDARY_CORRECTION, Kind.RE_SURVEY},
            }
            for kind in kinds
        ],
        "zone": office.zone_srid,
        "icons": static("web/icons.svg"),
        "urls": {
            "parcels": reverse("editor-parcels"),
            "preview": reverse("editor-preview"),
            "draft": reverse("editor-draft"),
        },
    }


def _systems() -> list[Json]:
    return [
        {"srid": UTM_47N, "label": gettext("UTM zone 47, WGS 84")},
        {"srid": UTM_48N, "label": gettext("UTM zone 48, WGS 84")},
        {"srid": INDIAN_1975_47N, "label": gettext("UTM zone 47, Indian 1975")},
        {"srid": INDIAN_1975_48N, "label": gettext("UTM zone 48, Indian 1975")},
        {"srid": WGS84, "label": gettext("Latitude and longitude, WGS 84")},
    ]


def _shortcuts() -> list[tuple[list[str], str]]:
    return [
        (["M"], gettext("Go to the map")),
        (["←", "→", "↑", "↓"], gettext("Move the map; with Shift in small steps")),
        (["+", "−"], gettext("Zoom in and out")),
        (["Enter"], gettext("Choose the parcel in the middle, or put a point there")),
        (["Ctrl", "Enter"], gettext("Finish the line")),
        (["Backspace"], gettext("Take the last point back")),
        (["Esc"], gettext("Cancel the drawing, then put the tool away")),
        (["Alt"], gettext("Hold it to draw without snapping to marks")),
        (["1", "–", "0"], gettext("Choose a tool, by the number on it")),
        (["Ctrl", "Z"], gettext("Undo the last step")),
        (["Ctrl", "Y"], gettext("Redo; also Ctrl+Shift+Z")),
        (["/"], gettext("Search for a parcel")),
        (["K"], gettext("Choose the kind of transaction")),
        (["R"], gettext("Go to the result")),
        (["F"], gettext("Show all of the chosen parcels")),
        (["Ctrl", "S"], gettext("Save the draft")),
        (["?"], gettext("Show these keys")),
    ]
