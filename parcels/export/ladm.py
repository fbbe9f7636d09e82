"""Parcels as JSON in the shape of LADM (ISO 19152): one array for each class.

The classes keep their names of the standard. An object is written as soon as it is known, so the
arrays of titles, rights and sources are gathered in files beside the target until the end.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Final

import shapely

from parcels.export.geopackage import Told
from parcels.export.rows import Row, Selection, sources_of

STANDARD: Final = "ISO 19152:2012"
CLASSES: Final = (
    "LA_SpatialUnit", "LA_BAUnit", "LA_AdministrativeSource", "LA_RRR", "LA_Party",
)  # fmt: skip
DEGREE_DECIMALS: Final = 9


class _Arrays:
    """The arrays of the classes, each in a file of its own, every object once."""

    def __init__(self, folder: Path) -> None:
        self.paths = {name: folder / name for name in CLASSES}
        self._files: dict[str, IO[str]] = {
            name: path.open("w", encoding="utf-8") for name, path in self.paths.items()
        }
        self._known: dict[str, set[str]] = {name: set() for name in CLASSES}

    def add(self, name: str, key: str, thing: dict[str, Any]) -> None:
        """Write an object unless one with its key is there."""
        if key in self._known[name]:
            return
        file = self._files[name]
        file.write((",\n" if self._known[name] else "") + json.dumps(thing, ensure_ascii=False))
        self._known[name].add(key)

    def knows(self, name: str, key: str) -> bool:
        return key in self._known[name]

    def close(self) -> None:
        for file in self._files.values():
            file.close()


def write(batches: Iterator[list[Row]], target: Path, told: Told, *, selection: Selection) -> int:
    """Write all batches; returns how many parcels. Rights and parties only with owners."""
    written, parties = 0, _Numbers()
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        arrays = _Arrays(Path(folder))
        for batch in batches:
            for row in batch:
                _add(row, arrays, parties)
            acts = sorted({row["transaction"] for row in batch})
            new = [act for act in acts if not arrays.knows("LA_AdministrativeSource", act)]
            for source in sources_of(new):
                act = source["transaction"]
                arrays.add("LA_AdministrativeSource", act, {"sID": act} | source)
            written += len(batch)
            told(written)
        arrays.close()
        _join(arrays, target, selection)
    return written


class _Numbers:
    """Numbers of this file for things whose keys are nobody's business."""

    def __init__(self) -> None:
        self._given: dict[int, str] = {}

    def of(self, key: int) -> str:
        return self._given.setdefault(key, f"party-{len(self._given) + 1}")


def _add(row: Row, arrays: _Arrays, parties: _Numbers) -> None:
    version = {
        "beginLifespanVersion": row["recorded_from"],
        "validFrom": row["valid_from"],
        "validTo": row["valid_to"],
    }
    arrays.add("LA_SpatialUnit", row["public_id"], _spatial_unit(row) | version)
    title = row["title_id"]
    if title is None:
        return
    arrays.add("LA_BAUnit", title, {
        "uID": title, "type": row["title_type"], "name": row["deed_number"],
        "surveyPage": row["survey_page"],
    })  # fmt: skip
    for at, held in enumerate(row.get("owners", []), start=1):
        party = parties.of(held["party_id"])
        arrays.add("LA_Party", party, {
            "pID": party, "type": held["party_kind"], "title": held["title"],
            "name": held["name"], "surname": held["surname"],
        })  # fmt: skip
        arrays.add("LA_RRR", f"{title}-{at}", {
            "rID": f"{title}-{at}", "class": "LA_Right", "type": held["kind"], "party": party,
            "baunit": title, "validFrom": held["valid_from"],
            "share": {
                "numerator": held["share_numerator"], "denominator": held["share_denominator"]
            },
        })  # fmt: skip


def _spatial_unit(row: Row) -> dict[str, Any]:
    shape = shapely.from_wkb(bytes(row["geometry"]))
    areas = [{"type": "calculatedArea", "areaSize": row["calculated_area_m2"]}]
    if row["legal_area_m2"] is not None:
        areas.insert(0, {"type": "officialArea", "areaSize": row["legal_area_m2"]})
    return {
        "suID": row["public_id"],
        "label": row["land_number"],
        "baunit": row["title_id"],
        "source": row["transaction"],
        "area": areas,
        "mapSheet": row["map_sheet"],
        "mapScale": row["map_scale"],
        "taxParcelCode": row["tax_parcel_code"],
        "landUse": row["land_use"],
        "extAddress": {
            "houseNumber": row["house_number"], "streetThai": row["street_th"],
            "streetEnglish": row["street_en"], "subDistrict": row["sub_district"],
        },
        "zone": row["zone_srid"],
        "landOffice": row["land_office"],
        "localAuthority": row["local_authority"],
        "geometry": json.loads(
            shapely.to_geojson(shapely.transform(shape, lambda xy: xy.round(DEGREE_DECIMALS)))
        ),
    }  # fmt: skip


def _join(arrays: _Arrays, target: Path, selection: Selection) -> None:
    """The one object: what it is, then the arrays."""
    head = {
        "standard": STANDARD, "crs": "OGC:CRS84", "office": selection.office.code,
        "on": selection.on.isoformat(),
        "known": selection.known.isoformat() if selection.known else None,
    }  # fmt: skip
    names = [name for name in CLASSES if selection.with_owners or name not in CLASSES[3:]]
    with target.open("w", encoding="utf-8") as out:
        out.write(json.dumps(head, ensure_ascii=False)[:-1])
        for name in names:
            out.write(f',\n"{name}": [\n')
            with arrays.paths[name].open(encoding="utf-8") as part:
                while text := part.read(2**20):
                    out.write(text)
            out.write("\n]")
        out.write("}\n")
