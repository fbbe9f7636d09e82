from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cadastre.cogo import Place
from cadastre.fieldfiles import (
    AngleReading,
    DistanceReading,
    PlanArc,
    PlanLine,
    PlanParcel,
    PlanPoint,
    PointCoordinates,
    StationSetup,
    read_field_file,
    ring,
    write_landxml,
)
from cadastre.fieldfiles.curves import chord_points, sweep_rad

METRIC = (
    '<Units><Metric linearUnit="meter" angularUnit="decimal dd.mm.ss" directionUnit="{}"/></Units>'
)


def landxml(*inside: str, units: str = METRIC.format("decimal dd.mm.ss"), version: str = "1.2"):
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<LandXML xmlns="http://www.landxml.org/schema/LandXML-{version}" version="{version}">\n'
        + "\n".join((units, *inside))
        + "\n</LandXML>\n"
    )
    return read_field_file("plan.xml", text.encode())


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2", "2.0"])
def test_every_version_says_north_before_east(version):
    file = landxml(
        '<CgPoints><CgPoint name="A">1521044.5 672978.25 2.5</CgPoint></CgPoints>', version=version
    )
    (point,) = file.points
    assert (point.north, point.east, point.height) == (1521044.5, 672978.25, 2.5)
    assert file.facts["version"] == version


@pytest.mark.parametrize(
    ("unit", "metres"),
    [("foot", 0.3048), ("USSurveyFoot", 1200 / 3937), ("inch", 0.0254)],
)
def test_feet_become_metres(unit, metres):
    units = f'<Units><Imperial linearUnit="{unit}" areaUnit="squareFoot"/></Units>'
    file = landxml(
        '<CgPoint name="A">100 200</CgPoint>',
        '<Parcels><Parcel name="P" area="1000"/></Parcels>',
        units=units,
    )
    assert file.points[0].north == pytest.approx(100 * metres)
    assert file.parcels[0].area_m2 == pytest.approx(92.90304)


@pytest.mark.parametrize(
    ("unit", "text", "degrees"),
    [
        ("decimal dd.mm.ss", "12.3000", 12.5),
        ("decimal degrees", "12.5", 12.5),
        ("grads", "50", 45),
        ("radians", "1", math.degrees(1)),
    ],
)
def test_directions_in_the_unit_of_the_file(unit, text, degrees):
    file = landxml(
        '<CgPoint name="A">0 0</CgPoint><CgPoint name="B">0 9</CgPoint>',
        "<Survey>",
        '<InstrumentSetup id="S1" stationName="A" instrumentHeight="1.5"/>',
        '<InstrumentSetup id="S2" stationName="B" instrumentHeight="0"/>',
        f'<ReducedObservation setupID="S1" targetSetupID="S2" azimuth="{text}" horizDistance="9"/>',
        "</Survey>",
        units=METRIC.format(unit),
    )
    assert file.rejected == ()
    azimuth, distance = file.readings
    assert isinstance(azimuth, AngleReading)
    assert math.degrees(azimuth.radians) == pytest.approx(degrees)
    assert isinstance(distance, DistanceReading)
    assert (distance.metres, distance.station, distance.target) == (9.0, "A", "B")


def test_raw_observations_of_a_group():
    file = landxml(
        "<Survey>",
        '<InstrumentSetup id="S1" stationName="A" instrumentHeight="1.5"/>',
        '<ObservationGroup id="G" setupID="S1">',
        '<Backsight id="b"/>',
        '<RawObservation horizAngle="90.0000" zenithAngle="95.3000" slopeDistance="12.5"'
        ' directFace="false" targetHeight="1.6"><TargetPoint pntRef="B"/></RawObservation>',
        '<RawObservation horizAngle="90.7000"><TargetPoint pntRef="B"/></RawObservation>',
        "</ObservationGroup></Survey>",
    )
    kinds = [(reading.kind, reading.face, reading.target_height_m) for reading in file.readings]
    assert kinds == [("horizontal", 2, 1.6), ("zenith", 2, 1.6), ("slope", 2, 1.6)]
    assert [r.reason.code for r in file.rejected] == ["field_angle_unreadable"]
    assert file.ignored["Backsight"] == 1


def test_setups_of_one_id_keep_their_own_numbers():
    setup = '<InstrumentSetup id="S1" stationName="{}"/>'
    file = landxml(setup.format("A"), setup.format("B"), setup.replace("S1", "S2").format("C"))
    assert [(setup.number, setup.station) for setup in file.setups] == [
        (1, "A"),
        (2, "B"),
        (3, "C"),
    ]


def test_an_arc_is_observed_by_its_chord_and_its_length():
    setups = "".join(
        f'<InstrumentSetup id="S-{name}" stationName="{name}" instrumentHeight="0"/>'
        for name in "AB"
    )
    file = landxml(
        f'<Survey>{setups}<ReducedArcObservation name="7" setupID="S-A" targetSetupID="S-B"'
        ' chordAzimuth="45.3000" length="12.5" radius="30" rot="cw"/></Survey>'
    )
    assert file.rejected == ()
    azimuth, length = file.readings
    assert (azimuth.kind, length.kind) == ("azimuth", "arc")
    assert length.attributes["radius"] == "30"
    again = read_field_file(
        "x.xml", write_landxml([], (), file.setups, file.readings, written="2026-01-05T09:00:00")
    )
    assert again.readings[1] == replace(
        length, line=again.readings[1].line, raw=again.readings[1].raw
    )
    assert again.readings[1].raw.startswith("<ReducedArcObservation ")


SQUARE = (
    "<CgPoints>"
    '<CgPoint name="1">0 0</CgPoint><CgPoint name="2">0 10</CgPoint>'
    '<CgPoint name="3">10 10</CgPoint><CgPoint name="4">10 0</CgPoint></CgPoints>'
)


def line(a: str, b: str) -> str:
    return f'<Line><Start pntRef="{a}"/><End pntRef="{b}"/></Line>'


def test_a_parcel_of_two_figures_and_a_part_within():
    file = landxml(
        "<Parcels>",
        '<Parcel name="all" class="Lot"><CoordGeom>',
        line("1", "2") + line("2", "3") + line("3", "1") + line("4", "1"),
        "</CoordGeom><Parcels>",
        '<Parcel name="part"><CoordGeom><Line><Start>0 0</Start><End>5 5</End></Line></CoordGeom>'
        "</Parcel></Parcels></Parcel></Parcels>",
        SQUARE,  # behind the parcels: order does not matter
    )
    whole, part = file.parcels
    assert [len(figure) for figure in whole.figures] == [3, 1]
    assert whole.attributes == {"class": "Lot"}
    assert ring(whole.figures[0])[0] == ring(whole.figures[0])[-1] == Place(0, 0)
    assert part.figures == ((PlanLine(PlanPoint(0, 0), PlanPoint(5, 5)),),)


def test_chains_and_irregular_lines():
    file = landxml(
        SQUARE,
        '<Parcel name="chain"><CoordGeom><Chain>1 2 3</Chain></CoordGeom></Parcel>',
        '<Parcel name="river"><CoordGeom><IrregularLine><Start pntRef="1"/><End pntRef="3"/>'
        "<PntList2D>0 0 5 4 10 10</PntList2D></IrregularLine></CoordGeom></Parcel>",
    )
    chain, river = file.parcels
    assert ring(chain.figures[0]) == [Place(0, 0), Place(10, 0), Place(10, 10)]
    assert ring(river.figures[0]) == [Place(0, 0), Place(4, 5), Place(10, 10)]


IRREGULAR = (
    "<IrregularLine><Start>0 0</Start><End>0 1</End><PntList2D>{}</PntList2D></IrregularLine>"
)


@pytest.mark.parametrize(
    ("geometry", "code"),
    [
        (line("1", "9"), "field_point_unknown"),
        ("<Line><Start pntRef='1'/></Line>", "field_value_missing"),
        ("<Spiral/>", "field_line_unknown"),
        (
            '<Curve rot="cw"><Start>0 0</Start><Center>0 5</Center><End>0 9</End></Curve>',
            "field_arc_impossible",
        ),
        (
            '<Curve rot="up"><Start>0 0</Start><Center>0 5</Center><End>0 10</End></Curve>',
            "field_value_missing",
        ),
        ("<Line><Start>0</Start><End>0 1</End></Line>", "field_value_missing"),
        ("<Line><Start>0 nan</Start><End>0 1</End></Line>", "field_number_unreadable"),
        (
            IRREGULAR.format("1 2 3"),
            "field_value_missing",
        ),
    ],
)
def test_a_parcel_that_cannot_be_drawn_is_refused(geometry, code):
    file = landxml(SQUARE, f'<Parcel name="P"><CoordGeom>{geometry}</CoordGeom></Parcel>')
    assert [r.reason.code for r in file.rejected] == [code]
    assert (file.read, file.accepted) == (5, 4)


@pytest.mark.parametrize("units", ["<Units/>", '<Units><Metric linearUnit="wa"/></Units>'])
def test_units_that_are_none_are_told(units):
    assert [r.line for r in landxml(units=units).rejected] == [3]


def test_the_declared_encoding_counts():
    text = (
        '<?xml version="1.0" encoding="{}"?><LandXML><CgPoint name="หมุด๑">1 2</CgPoint></LandXML>'
    )
    for encoding in ("utf-8", "windows-874", "tis-620"):
        content = text.format(encoding).encode("cp874" if "874" in encoding else encoding)
        file = read_field_file("x.xml", content)
        assert (file.points[0].point, file.encoding) == ("หมุด๑", encoding)
    latin = text.replace("หมุด๑", "Grünau").format("iso-8859-1").encode("latin-1")
    assert read_field_file("x.xml", latin).points[0].point == "Grünau"


def arc(radius: float, start: float, end: float, *, clockwise: bool) -> PlanArc:
    centre = PlanPoint(1_500_000.0, 650_000.0)

    def at(angle: float) -> PlanPoint:
        return PlanPoint(
            centre.north + radius * math.cos(angle), centre.east + radius * math.sin(angle)
        )

    return PlanArc(at(start), at(end), centre, radius, clockwise=clockwise)


@given(st.floats(1, 500), st.floats(0, 6), st.floats(0.1, 6), st.sampled_from([0.001, 0.01, 0.1]))
@settings(max_examples=60)
def test_chords_stay_within_the_sagitta(radius, start, sweep, sagitta):
    curve = arc(radius, start, start + sweep, clockwise=True)
    assert sweep_rad(curve) == pytest.approx(sweep, abs=1e-6)
    points = ring([curve], sagitta)
    for a, b in pairwise(points):
        middle = Place((a.east + b.east) / 2, (a.north + b.north) / 2)
        off = radius - math.dist(middle, (curve.centre.east, curve.centre.north))
        assert -1e-6 <= off <= sagitta + 1e-6
    assert len(chord_points(curve, sagitta)) == len(points) - 2


def test_the_other_sense_goes_the_other_way():
    right, left = (arc(10, 0, 1, clockwise=clockwise) for clockwise in (True, False))
    assert sweep_rad(right) + sweep_rad(left) == pytest.approx(2 * math.pi)


numbers = st.floats(-1e6, 1e6).map(lambda value: value + 0.0)
names = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=8).filter(
    lambda name: name == name.strip()
)
points = st.dictionaries(
    names, st.tuples(numbers, numbers, st.none() | numbers), min_size=2, max_size=6
)


@given(points, st.floats(0, 6.28), st.floats(0, 1e5), st.none() | st.floats(0, 1e9), names)
@settings(max_examples=80)
def test_what_is_written_reads_back(places, angle, metres, area, text):
    written = [
        PointCoordinates(
            line=1,
            raw="",
            point=name,
            north=n,
            east=e,
            height=h,
            code=text,
            attributes={"state": text},
        )
        for name, (n, e, h) in places.items()
    ]
    corners = [PlanPoint(n, e, name) for name, (n, e, _) in places.items()]
    sides = tuple(PlanLine(a, b) for a, b in pairwise(corners))
    parcel = PlanParcel(line=1, raw="", name=text, figures=(sides,), area_m2=area)
    first, second = list(places)[:2]
    north, east, height = places[first]
    setup = StationSetup(
        line=1,
        raw="",
        number=1,
        station=first,
        instrument_height_m=metres,
        north=north,
        east=east,
        height=height,
        attributes={"id": "S-1"},
    )
    shared = {"line": 1, "raw": "", "setup": 1, "station": first, "target": second, "code": text}
    readings = [
        AngleReading(kind="azimuth", radians=angle, **shared),
        DistanceReading(kind="horizontal", metres=metres, **shared),
    ]
    again = read_field_file(
        "x.xml", write_landxml(written, [parcel], [setup], readings, written="2026-01-05T09:00:00")
    )
    assert [str(r.reason) for r in again.rejected] == []
    assert [replace(p, line=1, raw="") for p in again.points] == written
    assert [replace(p, line=1, raw="").figures for p in again.parcels] == [parcel.figures]
    assert [(p.name, p.area_m2) for p in again.parcels] == [(text, area)]
    assert [replace(s, line=1, raw="") for s in again.setups] == [setup]
    azimuth, distance = (replace(r, line=1, raw="") for r in again.readings)
    assert distance == readings[1]
    assert isinstance(azimuth, AngleReading)
    assert abs(math.remainder(azimuth.radians - angle, 2 * math.pi)) <= 2.5e-11
    assert replace(azimuth, radians=angle) == readings[0]


def test_a_reading_without_its_setup_is_not_written():
    reading = DistanceReading(
        line=1, raw="", setup=7, station="A", target="B", kind="slope", metres=1.0
    )
    with pytest.raises(ValueError, match="setup"):
        write_landxml([], readings=[reading], written="2026-01-05")
