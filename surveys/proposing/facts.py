"""A proposal as its page shows it and as the job keeps it: plain values, places in degrees."""

from __future__ import annotations

from typing import Any, Final

from shapely.geometry import mapping

from surveys.proposing.plan import AreaChange, Plan, Vector

Json = dict[str, Any]
FACTORS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500)
SHARE_OF_PICTURE: Final = 0.3
"""The longest arrow is drawn at most so long, as a share of the extent of the parcels."""


def facts_of(plan: Plan) -> Json:
    """Everything a checker judges a proposal by. Lengths in millimetres, areas in m²."""
    act_kind = str(plan.kind.label) if plan.kind else ""
    return {
        "kind": act_kind,
        "zone_srid": plan.ground.zone_srid,
        "marks": [_mark(plan, vector) for vector in plan.vectors],
        "areas": [_area(each) for each in plan.areas],
        "neighbours": plan.neighbours,
        "neighbours_marked": plan.neighbours_marked,
        "before": [mapping_of(plan, parcel) for parcel in plan.ground.parcels],
        "after": [each["geometry"] for each in plan.preview.pieces] if plan.preview else [],
        "times": exaggeration(plan),
    }


def exaggeration(plan: Plan) -> int:
    """How many times its length an arrow is drawn, so that the longest is well seen."""
    shapes = [plan.ground.around[p] for p in plan.ground.parcels if p in plan.ground.around]
    longest = max((v.distance_m or 0 for v in plan.vectors), default=0)
    if not shapes or not longest:
        return FACTORS[0]
    west = min(shape.bounds[0] for shape in shapes)
    east = max(shape.bounds[2] for shape in shapes)
    south = min(shape.bounds[1] for shape in shapes)
    north = max(shape.bounds[3] for shape in shapes)
    most = SHARE_OF_PICTURE * max(east - west, north - south)
    return max((each for each in FACTORS if each * longest <= most), default=FACTORS[0])


def mapping_of(plan: Plan, parcel: Any) -> Json:
    """The boundary of a parcel as it is, as GeoJSON."""
    shape = plan.ground.around.get(parcel)
    if shape is None:
        return {"type": "MultiPolygon", "coordinates": []}
    rings = [
        [[plan.ground.frame.lonlat(point) for point in ring] for ring in part]
        for part in mapping(shape)["coordinates"]
    ]
    return {"type": "MultiPolygon", "coordinates": rings}


def _mark(plan: Plan, vector: Vector) -> Json:
    result = plan.ground.results.get(vector.point.pk)
    ellipse = vector.ellipse
    return {
        "point": vector.point.pk,
        "name": vector.point.name,
        "result": result.pk if result else None,
        "mark": vector.mark,
        "fate": vector.fate.value,
        "moves": vector.is_moved and vector.before is not None,
        "is_new": vector.before is None,
        "before": vector.before_lonlat and list(vector.before_lonlat),
        "after": list(vector.after_lonlat),
        "observed": list(plan.ground.lonlat(vector.observed)),
        "after_mm": [round(vector.after.east * 1000), round(vector.after.north * 1000)],
        "east_mm": _mm(vector.east_m),
        "north_mm": _mm(vector.north_m),
        "distance_mm": _mm(vector.distance_m),
        "azimuth": None if vector.azimuth is None else round(vector.azimuth, 1),
        "ellipse": ellipse and {
            "major_mm": round(ellipse.major_m * 1000, 1),
            "minor_mm": round(ellipse.minor_m * 1000, 1),
            "bearing": round(ellipse.bearing_degrees, 1),
        },
        "parcels": list(vector.parcels),
        "rests": vector.rests,
    }  # fmt: skip


def _mm(metres: float | None) -> int | None:
    return None if metres is None else round(metres * 1000)


def _area(each: AreaChange) -> Json:
    def rounded(value: float | None) -> float | None:
        return None if value is None else round(value, 2)

    return {
        "name": each.name,
        "own": each.own,
        "before": rounded(each.before.square_metres if each.before else None),
        "before_band": rounded(each.before_band_m2),
        "after": rounded(each.after.square_metres),
        "after_band": rounded(each.after_band_m2),
        "difference": rounded(each.difference_m2),
        "legal_before": None if each.legal_before_m2 is None else str(each.legal_before_m2),
        "legal_after": None if each.legal_after_m2 is None else str(each.legal_after_m2),
        "is_significant": each.is_significant,
    }
