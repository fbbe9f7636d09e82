"""The collection map as one file that opens anywhere, without a network: folium, self-contained."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import folium
from branca.element import Element, Figure
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext

from taxmap.errors import MapTooLarge, NothingToDraw
from taxmap.themes import STATES, MapClass, Theme, class_of, payment_state
from web.formats import format_baht

LEAFLET: Final = Path(settings.BASE_DIR) / "node_modules" / "leaflet" / "dist"
MOST_PLOTS: Final = 20_000


def _data(content: bytes, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


@cache
def _script() -> str:
    return _data((LEAFLET / "leaflet.js").read_bytes(), "text/javascript")


@cache
def _style() -> str:
    """Leaflet's style with its pictures inside."""
    css = (LEAFLET / "leaflet.css").read_text(encoding="utf-8")

    def picture(match: re.Match[str]) -> str:
        return f"url({_data((LEAFLET / match[1]).read_bytes(), 'image/png')})"

    return _data(re.sub(r"url\((images/[^)]+)\)", picture, css).encode(), "text/css")


class OfflineMap(folium.Map):
    """A folium map whose libraries lie in the file itself."""

    @property
    def default_js(self) -> list[tuple[str, str]]:  # type: ignore[override]
        return [("leaflet", _script())]

    @property
    def default_css(self) -> list[tuple[str, str]]:  # type: ignore[override]
        return [("leaflet_css", _style())]


def offline_map(
    rows: Sequence[dict[str, Any]], *, theme: Theme, classes: Sequence[MapClass],
    heading: dict[str, Any],
) -> str:  # fmt: skip
    """HTML of the map. ``rows`` come from collection_units.sql in EPSG:4326.

    No owner is in it. Raises `NothingToDraw` or `MapTooLarge`.
    """
    if not rows:
        raise NothingToDraw(zone=heading["area"][:2] or "–", block=heading["area"][2:] or "–")
    if len(rows) > MOST_PLOTS:
        raise MapTooLarge(count=len(rows), most=MOST_PLOTS)
    words = _words()
    features = [_feature(row, theme, classes, words) for row in rows]
    drawn = OfflineMap(tiles=None, zoom_start=16, max_zoom=22, control_scale=True)
    layer = folium.GeoJson(
        {"type": "FeatureCollection", "features": features},
        name=str(heading["theme"]),
        style_function=lambda feature: {
            "fillColor": feature["properties"]["fill"],
            "color": "#1b2420", "weight": 0.8, "fillOpacity": 0.9,
        },
        highlight_function=lambda _feature: {"weight": 3, "color": "#c2185b"},
        tooltip=folium.GeoJsonTooltip(
            fields=list(words), aliases=[html.escape(text) for text in words.values()], sticky=True
        ),
        zoom_on_click=False,
    )  # fmt: skip
    layer.add_to(drawn)
    (south, west), (north, east) = layer.get_bounds()
    drawn.fit_bounds([(south or 0, west or 0), (north or 0, east or 0)])
    root = drawn.get_root()
    assert isinstance(root, Figure)
    css = (Path(__file__).parent / "offline.css").read_text(encoding="utf-8")
    title = html.escape(f"{gettext('Collection map')} {heading['area']}")
    root.header.add_child(Element(f"<title>{title}</title><style>{css}</style>"))
    root.html.add_child(
        Element(render_to_string("taxmap/offline_panel.html", heading | {"classes": classes}))
    )
    return str(root.render())


def _words() -> dict[str, str]:
    return {
        "code": gettext("Tax parcel code"),
        "land": gettext("Land number"),
        "price": gettext("Baht per square wa"),
        "tax": gettext("Tax"),
        "due": gettext("Outstanding"),
        "state": gettext("State"),
    }


def _feature(
    row: dict[str, Any], theme: Theme, classes: Sequence[MapClass], words: dict[str, str]
) -> dict[str, Any]:
    """One plot. Its texts are put into the tooltip as HTML, so they are escaped here."""
    tax, paid = row["tax_satang"], row["paid_satang"]
    state = "" if tax is None else STATES[payment_state(tax, paid, row["due_satang"])]
    told = {
        "code": row["code"] or "–",
        "land": row["land_number"] or "–",
        "price": _amount(row["price_satang"]),
        "tax": _amount(tax),
        "due": _amount(row["due_satang"]),
        "state": str(state) or "–",
    }
    properties = {key: html.escape(told[key]) for key in words}
    return {
        "type": "Feature",
        "properties": properties | {"fill": class_of(row, theme, classes).fill},
        "geometry": row["shape"],
    }


def _amount(satang: int | None) -> str:
    return "–" if satang is None else format_baht(satang)
