"""A round as one file for a phone without a network: map, stops, amounts, and what is found.

Visits are kept in the phone's own storage and written out as a file that the page of the round
takes back. The file calls nothing outside itself and names no owner.
"""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import folium
from branca.element import Element, Figure
from django.template.loader import render_to_string
from django.utils.translation import get_language, gettext

from taxmap.models import CollectionRound, Visit
from taxmap.paper.offline import OfflineMap
from taxmap.paper.sheet import is_demo
from taxmap.round_page import page_data
from taxmap.services.visits import FORMAT
from taxmap.visits import StopRow

LARGEST_BYTES: Final = 1_500_000
"""What a file may weigh: Leaflet takes 0.3 MB of it, a hundred stops of a town a tenth."""

DAYS_OFFERED: Final = (1, 2, 3, 5, 7, 10, 14, 21, 30, 60)
_HERE: Final = Path(__file__).parent


def offline_round(
    collection_round: CollectionRound, rows: Sequence[StopRow], *, today: date
) -> str:
    """HTML of the round, at most `LARGEST_BYTES` for a hundred stops of ordinary shape."""
    data = page_data(collection_round, list(rows))
    drawn = OfflineMap(tiles=None, prefer_canvas=False, control_scale=True, max_zoom=22)
    if data["walk"]:
        folium.GeoJson(
            data["walk"], style_function=lambda _: {"color": "#0072b2", "weight": 5, "opacity": 0.6}
        ).add_to(drawn)
    plots = folium.GeoJson(
        {"type": "FeatureCollection", "features": [_feature(stop) for stop in data["stops"]]},
        style_function=lambda _: {"color": "#1b2420", "weight": 1.5, "fillColor": "#e69f00",
                                  "fillOpacity": 0.5},
    )  # fmt: skip
    plots.add_to(drawn)
    for stop in data["stops"]:
        number = f'<span data-pin="{stop["order"]}">{stop["order"]}</span>'
        folium.Marker(
            stop["at"], icon=folium.DivIcon(icon_size=(28, 28), class_name="pin", html=number)
        ).add_to(drawn)
    (south, west), (north, east) = plots.get_bounds()
    drawn.fit_bounds([(south or 0, west or 0), (north or 0, east or 0)])
    return _page(drawn, collection_round, rows, today)


def _feature(stop: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"order": stop["order"]}, "geometry": stop["shape"]}


def _page(
    drawn: folium.Map,
    collection_round: CollectionRound,
    rows: Sequence[StopRow],
    today: date,
) -> str:
    root = drawn.get_root()
    assert isinstance(root, Figure)
    book = collection_round.book
    title = html.escape(gettext("Round {number}").format(number=collection_round.number))
    css = (_HERE / "offline_round.css").read_text(encoding="utf-8")
    script = (_HERE / "offline_round.js").read_text(encoding="utf-8")
    root.header.add_child(Element(f"<title>{title}</title><style>{css}</style>"))
    context = {
        "round": collection_round, "book": book, "rows": rows, "today": today,
        "outcomes": Visit.Outcome.choices, "is_demo": is_demo(book.local_authority),
        "days": [today + timedelta(days=each) for each in DAYS_OFFERED],
        "due_satang": sum(row.due_satang for row in rows), "language": get_language(),
    }  # fmt: skip
    root.html.add_child(Element(_literal(render_to_string("taxmap/rounds/offline.html", context))))
    facts = {
        "round": collection_round.public_id, "format": FORMAT, "map": drawn.get_name(),
        "file": f"visits-{book.local_authority.code}-{collection_round.number}.json",
        "words": {
            "left": gettext("{count} of {all} stops left"),
            "needsDay": gettext("Choose the day that was promised."),
            "needsNote": gettext("Describe in the note what was found."),
            "noStorage": gettext(
                "This browser keeps nothing for this file. Save the visits before you close it."
            ),
        },
    }  # fmt: skip
    root.script.add_child(
        Element(f"const facts = {_literal(json.dumps(facts).replace('<', chr(92) + 'u003c'))};")
    )
    root.script.add_child(Element(_literal(script)))
    return str(root.render())


def _literal(text: str) -> str:
    """Text that the template engine of folium takes as it is."""
    return "{% raw %}" + text.replace("{% endraw %}", "") + "{% endraw %}"
