"""A round as one file for a phone without a network: map, stops, amounts, and what is found.

Visits are kept in the phone's own storage and written out as a file that the page of the round
takes back. The file calls nothing outside itself and names no owner.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import folium
from branca.element import Element, Figure
from django.template.loader import render_to_string
from django.utils.html import json_script
from django.utils.translation import gettext

from taxmap.models import CollectionRound, Visit
from taxmap.paper.offline import OfflineMap
from taxmap.paper.sheet import is_demo
from taxmap.round_page import page_data
from taxmap.services.visits import FORMAT
from taxmap.visits import StopRow

LARGEST_BYTES: Final = 1_500_000
"""What a file may weigh: Leaflet takes 0.3 MB of it, a hundred stops of a town a tenth."""

DAYS_OFFERED: Final = (1, 2, 3, 5, 7, 10, 14, 21, 30, 60)
HEAD_MARK: Final = "<!--head of the round-->"
BODY_MARK: Final = "<!--body of the round-->"
READ_FACTS: Final = "const facts = JSON.parse(document.getElementById('facts').textContent);"


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
    (south, west), (north, east) = plots.get_bounds()
    drawn.fit_bounds([(south or 0, west or 0), (north or 0, east or 0)])
    # What comes from the register never passes through the template engine of folium.
    root = drawn.get_root()
    assert isinstance(root, Figure)
    root.header.add_child(Element(HEAD_MARK))
    root.html.add_child(Element(BODY_MARK))
    root.script.add_child(Element(READ_FACTS))
    root.script.add_child(Element("{% raw %}" + _beside("js") + "{% endraw %}"))
    facts = _facts(collection_round, drawn.get_name(), data["stops"])
    page = str(root.render())
    return page.replace(HEAD_MARK, _head(collection_round)).replace(
        BODY_MARK, _body(collection_round, rows, today) + json_script(facts, "facts")
    )


def _feature(stop: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"order": stop["order"]}, "geometry": stop["shape"]}


def _beside(kind: str) -> str:
    """The style or the script of the file, which lie beside this module."""
    return Path(__file__).with_suffix(f".{kind}").read_text(encoding="utf-8")


def _head(collection_round: CollectionRound) -> str:
    title = html.escape(gettext("Round {number}").format(number=collection_round.number))
    return f"<title>{title}</title><style>{_beside('css')}</style>"


def _body(collection_round: CollectionRound, rows: Sequence[StopRow], today: date) -> str:
    book = collection_round.book
    context = {
        "round": collection_round, "book": book, "rows": rows, "today": today,
        "outcomes": Visit.Outcome.choices, "is_demo": is_demo(book.local_authority),
        "days": [today + timedelta(days=each) for each in DAYS_OFFERED],
    }  # fmt: skip
    return render_to_string("taxmap/rounds/offline.html", context)


def _facts(
    collection_round: CollectionRound, map_name: str, stops: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    """What the script of the file needs."""
    office = collection_round.book.local_authority
    return {
        "round": collection_round.public_id, "format": FORMAT, "map": map_name,
        "pins": [{"order": stop["order"], "at": stop["at"]} for stop in stops],
        "file": f"visits-{office.code}-{collection_round.number}.json",
        "words": {
            "left": gettext("{count} of {all} stops left"),
            "needsDay": gettext("Choose the day that was promised."),
            "needsNote": gettext("Describe in the note what was found."),
            "noStorage": gettext(
                "This browser keeps nothing for this file. Save the visits before you close it."
            ),
        },
    }  # fmt: skip
