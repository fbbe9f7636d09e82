"""What the editor shows of an edit while it is drawn: shapes, areas, sides and findings."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

import shapely
from django.db.models import Q
from django.utils.translation import gettext
from shapely.geometry import MultiPolygon, mapping

from cadastre.area import Area
from cadastre.cogo import Place, format_azimuth, inverse
from cadastre.errors import LandError
from cadastre.fabric import Point
from cadastre.planar import BoundaryFault, Severity
from parcels.editing.bench import sides_of
from parcels.editing.frame import LonLat, ZoneFrame
from parcels.editing.loading import lonlat_box
from parcels.editing.outcome import Outcome, Result
from parcels.models import Parcel, ProposedParcel, Transaction
from web.formats import format_rai_ngan_wa

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class EditPreview:
    """An edit as people see it. Places and shapes in longitude and latitude, as they are stored.

    Legal areas are exact decimals of square metres as text; calculated ones are numbers.
    """

    kind: str
    zone_srid: int
    subjects: list[Json]
    pieces: list[Json]
    neighbours: list[Json]
    new_marks: list[LonLat]
    findings: list[Json]
    totals: Json
    open_transactions: list[Json]

    @property
    def is_sound(self) -> bool:
        """Whether nothing forbids to submit it."""
        return all(each["severity"] != Severity.FAULT for each in self.findings)

    def as_json(self) -> Json:
        """As the browser reads it."""
        return asdict(self) | {"is_sound": self.is_sound}


def preview_of(
    outcome: Outcome, also: list[LandError], act: Transaction | None = None
) -> EditPreview:
    """Describe an outcome; ``also`` are faults that are not of geometry."""
    bench = outcome.bench
    before = {xy for shape in bench.before.values() for xy in _vertices(shape)}
    return EditPreview(
        kind=outcome.kind,
        zone_srid=bench.frame.zone_srid,
        subjects=[subject_facts(parcel) for parcel in outcome.subjects],
        pieces=[_piece(outcome, result) for result in outcome.results],
        neighbours=[
            {
                "public_id": parcel.public_id,
                "land_number": parcel.land_number,
                "geometry": _geometry(bench.frame, shape, parcel),
                "new_marks": _marks(bench.frame, _vertices(shape) - _own(outcome, parcel)),
            }
            for parcel, shape in outcome.neighbours.items()
        ],
        new_marks=_marks(
            bench.frame,
            {xy for result in outcome.results for xy in _vertices(result.shape)} - before,
        ),
        findings=[finding_facts(bench.frame, each) for each in (*outcome.findings, *also)],
        totals=_totals(outcome),
        open_transactions=_pending(outcome, act),
    )


def subject_facts(parcel: Parcel) -> Json:
    """A parcel as it is, for staff of its office."""
    return {
        "public_id": parcel.public_id,
        "land_number": parcel.land_number,
        "deed_number": parcel.ba_unit.deed_number if parcel.ba_unit else "",
        "legal_area_m2": _text(parcel.legal_area_m2),
        "legal_area_text": _rai(parcel.legal_area_m2),
        "calculated_area_m2": parcel.calculated_area_m2,
    }


def _piece(outcome: Outcome, result: Result) -> Json:
    frame, legal = outcome.bench.frame, result.legal_area
    calculated = Area.measured(result.calculated_m2)
    exact = legal.square_metres if legal else None
    return {
        "index": result.index,
        "name": result.name,
        "parcel": result.parcel.public_id if result.parcel else None,
        "land_number": result.parcel.land_number if result.parcel else "",
        "geometry": _geometry(frame, result.shape, result.parcel),
        "area_m2": round(result.calculated_m2, 4),
        "area_text": format_rai_ngan_wa(calculated),
        "legal_area_m2": _text(exact),
        "legal_area_text": _rai(exact),
        "difference_m2": _text(None if exact is None else calculated.square_metres - exact),
        "sides": _sides(frame, result.shape),
        "keeps_number": result.keeps_number,
        "becomes_public": result.becomes_public,
        "facts": result.facts,
    }


def _sides(frame: ZoneFrame, shape: MultiPolygon) -> list[Json]:
    found = []
    for a, b in sides_of(shape):
        azimuth, length = inverse(Place(*a), Place(*b))
        (lon_a, lat_a), (lon_b, lat_b) = frame.lonlat(a), frame.lonlat(b)
        found.append(
            {
                "from": (lon_a, lat_a),
                "to": (lon_b, lat_b),
                "length_m": round(length, 3),
                "azimuth": format_azimuth(azimuth),
                "midpoint": ((lon_a + lon_b) / 2, (lat_a + lat_b) / 2),
            }
        )
    return found


def _geometry(frame: ZoneFrame, shape: MultiPolygon, parcel: Parcel | None) -> Json:
    stored = frame.write(shape, parcel.geometry if parcel else None)
    return mapping(shapely.from_wkb(bytes(stored.wkb)))


def _vertices(shape: MultiPolygon) -> set[Point]:
    return {(x, y) for x, y in shapely.get_coordinates(shape).tolist()}


def _own(outcome: Outcome, parcel: Parcel) -> set[Point]:
    return _vertices(outcome.bench.before[parcel.pk])


def _marks(frame: ZoneFrame, points: set[Point]) -> list[LonLat]:
    return [frame.lonlat(point) for point in sorted(points)]


def finding_facts(frame: ZoneFrame, error: LandError) -> Json:
    """A finding with its place on the map, in the language of the page."""
    place = error.place if isinstance(error, BoundaryFault) else None
    severity = error.severity if isinstance(error, BoundaryFault) else Severity.FAULT
    edges = getattr(error, "edges", ())
    return {
        "code": error.code,
        "severity": str(severity),
        "message": error.render(gettext),
        "place": _lonlat(frame, place) if place else None,
        "edges": [[_lonlat(frame, point) for point in edge] for edge in edges],
    }


def _lonlat(frame: ZoneFrame, point: Point) -> LonLat:
    return frame.lonlat(point)


def _totals(outcome: Outcome) -> Json:
    before = [parcel.legal_area_m2 for parcel in outcome.subjects]
    after = [each.legal_area.square_metres if each.legal_area else None for each in outcome.results]
    was, becomes = _sum(before), _sum(after)
    shapes = [outcome.bench.before[key] for key in outcome.bench.subjects]
    calculated = float(shapely.area(shapes).sum()) if shapes else 0.0
    drawn = sum(result.calculated_m2 for result in outcome.results)
    return {
        "legal_before_m2": _text(was),
        "legal_before_text": _rai(was),
        "legal_after_m2": _text(becomes),
        "legal_after_text": _rai(becomes),
        "legal_difference_m2": _text(None if was is None or becomes is None else becomes - was),
        "calculated_before_m2": round(calculated, 4),
        "calculated_after_m2": round(drawn, 4),
        "calculated_difference_m2": round(drawn - calculated, 4),
    }


def _sum(areas: list[Decimal | None]) -> Decimal | None:
    known = [area for area in areas if area is not None]
    return sum(known, Decimal(0)) if len(known) == len(areas) else None


def _text(area: Decimal | None) -> str | None:
    return None if area is None else f"{area:.2f}"


def _rai(area: Decimal | None) -> str:
    return "" if area is None else format_rai_ngan_wa(area)


def _pending(outcome: Outcome, own: Transaction | None) -> list[Json]:
    """Open transactions on the same parcels, on neighbours, or with new parcels on this ground."""
    bench = outcome.bench
    touched = [*bench.subjects, *bench.neighbours]
    corners = [xy for result in outcome.results for xy in _vertices(result.shape)]
    here = Q(role=ProposedParcel.Role.PIECE, geometry__bboverlaps=lonlat_box(bench.frame, corners))
    found = (
        ProposedParcel.objects.filter(Q(parcel__in=touched) | here)
        .filter(transaction__status__in=Transaction.OPEN)
        .exclude(transaction=own.pk if own else None)
        .select_related("transaction__maker", "parcel")
        .order_by("transaction", "position")
    )
    acts: dict[int, Json] = {}
    for each in found:
        act = each.transaction
        maker = act.maker
        facts = acts.setdefault(
            act.pk,
            {
                "public_id": act.public_id,
                "kind": str(act.get_kind_display()),
                "status": str(act.get_status_display()),
                "maker": (maker.get_full_name() or maker.username) if maker else "",
                "parcels": [],
            },
        )
        if each.parcel is not None:
            facts["parcels"].append(each.parcel.land_number)
    return list(acts.values())
