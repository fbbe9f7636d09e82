# ruff: noqa: E501  (lines of files as they are)
"""Network files: what is read, in which axes and units, and what is refused with its line."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cadastre.adjustment import (
    Angle,
    Azimuth,
    Component,
    Coordinate,
    Direction,
    Distance,
    Group,
    HeightDifference,
    NetworkFileUnreadable,
    Role,
    SlopeDistance,
    Vector,
    ZenithAngle,
    adjust,
)
from cadastre.adjustment.reading import read_network
from cadastre.adjustment.reading.dynaml import hp_radians
from cadastre.adjustment.reading.frames import carried, decimal_year

GON = math.pi / 200
SECOND = math.pi / 180 / 3600


def gama(tmp_path, body, *, network="", parameters='sigma-apr="1"', attributes=""):
    path = tmp_path / "network.gkf"
    path.write_text(
        '<?xml version="1.0"?>\n<gama-local xmlns="http://www.gnu.org/software/gama/gama-local">\n'
        f"<network {network}>\n<parameters {parameters}/>\n"
        f"<points-observations {attributes}>\n{body}\n</points-observations></network></gama-local>\n"
    )
    return read_network([path])


EVERYTHING = """
<point id="A" x="0" y="0" z="10" fix="xyz"/>
<point id="B" x="100" y="0" z="12" adj="xyz"/>
<point id="C" x="100" y="100" z="12" adj="XYz"/>
<obs from="A" from_dh="1.5">
 <direction to="B" val="0-30-00" stdev="5"/>
 <distance to="B" val="100.0"/>
 <angle bs="B" fs="C" val="50.0" stdev="10"/>
 <s-distance to="B" val="100.02" stdev="3" to_dh="1.7"/>
 <z-angle to="B" val="98.7" stdev="20" from_dh="1.6"/>
 <azimuth to="C" val="50.0" stdev="30"/>
 <dh from="A" to="B" val="2.0" stdev="2"/>
</obs>
<obs from="B"><direction to="A" val="10.0" stdev="10"/><direction to="C" val="310" stdev="10"/></obs>
<height-differences><dh from="A" to="C" val="2.01" dist="4"/></height-differences>
<coordinates><point id="B" x="100.01" y="0.02" z="12.1"/>
 <cov-mat dim="3" band="1">4 1 9 0 16</cov-mat></coordinates>
<vectors><vec from="A" to="C" dx="100.0" dy="99.9" dz="2.0"/>
 <cov-mat dim="3" band="2">4 1 2 9 3 16</cov-mat></vectors>
"""


def test_every_observation_of_gama(tmp_path):
    file = gama(
        tmp_path, EVERYTHING, parameters='sigma-apr="7" conf-pr="0.9" sigma-act="apriori"',
        attributes='distance-stdev="2 3 1"',
    )  # fmt: skip
    network = file.network
    assert (network.sigma_apriori, network.confidence, network.a_posteriori) == (7, 0.9, False)
    assert network.points["A"].roles == (Role.FIXED,) * 3
    assert network.points["C"].roles == (Role.DATUM, Role.DATUM, Role.FREE)
    # Axes "ne": x is north.
    assert network.points["B"].at == (0, 100, 12)
    direction, length, angle, slope, zenith, azimuth, rise = network.observations[:7]
    assert isinstance(direction, Direction)
    assert direction.value == pytest.approx(math.radians(0.5))
    assert direction.sigma == pytest.approx(5 * SECOND)
    assert isinstance(length, Distance)
    assert length.sigma == pytest.approx(0.0023)
    assert isinstance(angle, Angle)
    assert (angle.station, angle.back, angle.fore) == ("A", "B", "C")
    assert angle.sigma == pytest.approx(10 * GON / 10_000)
    assert isinstance(slope, SlopeDistance)
    assert (slope.instrument_m, slope.target_m) == (1.5, 1.7)
    assert isinstance(zenith, ZenithAngle)
    assert zenith.instrument_m == 1.6
    assert isinstance(azimuth, Azimuth)
    assert isinstance(rise, HeightDifference)
    one, other = network.observations[7:9]
    assert one.set == other.set != direction.set
    levelled, coordinates, vectors = network.observations[9:]
    assert levelled.sigma == pytest.approx(7 * 2 / 1000)
    assert isinstance(coordinates, Group)
    assert [each.component for each in coordinates.observations] == [
        Component.NORTH, Component.EAST, Component.HEIGHT,
    ]  # fmt: skip
    assert coordinates.covariance == pytest.approx(
        1e-6 * np.array([[4, 1, 0], [1, 9, 0], [0, 0, 16]])
    )
    assert isinstance(vectors.observations[0], Vector)
    assert vectors.observations[0].value == (99.9, 100.0, 2.0)
    assert vectors.covariance == pytest.approx(1e-6 * np.array([[9, 1, 3], [1, 4, 2], [3, 2, 16]]))


@pytest.mark.parametrize("code", ["ne", "sw", "es", "wn", "en", "nw", "se", "ws"])
@pytest.mark.parametrize("handed", ["left-handed", "right-handed"])
def test_axes_turn_the_file_not_the_network(tmp_path, code, handed):
    """One traverse written in every way comes to one place and one precision."""
    signs = {"n": (0, 1), "s": (0, -1), "e": (1, 0), "w": (-1, 0)}
    places = {"Q": (1000, 800), "R": (1000, 1000), "S": (1223, 1186.5), "T": (1400, 1186.5)}

    def xy(place):
        return [float(np.dot(signs[letter], place)) for letter in code]

    points = "".join(
        '<point id="{}" x="{}" y="{}" fix="xy"/>'.format(name, *xy(place))
        for name, place in places.items()
    )
    sights = [("R", "Q", "U", 240.0), ("U", "R", "S", 150.0), ("S", "U", "T", 240 + 1 / 60)]
    angles = "".join(
        f'<angle from="{station}" bs="{bs}" fs="{fs}" stdev="92.6" '
        f'val="{(degrees if handed == "left-handed" else 360 - degrees) / 0.9}"/>'
        for station, bs, fs, degrees in sights
    )
    body = (
        f'{points}<point id="U" adj="xy"/><obs>'
        '<distance from="R" to="U" val="200" stdev="50"/>'
        f'<distance from="U" to="S" val="100" stdev="80"/>{angles}</obs>'
    )
    file = gama(tmp_path, body, network=f'axes-xy="{code}" angles="{handed}"')
    found = adjust(file.network)
    east, north, _ = found.coordinates("U")
    assert (east, north) == pytest.approx((1173.0886, 1099.9872), abs=2e-4)
    assert file.coordinates(found, "U")[:2] == pytest.approx(xy((east, north)))
    variances = np.diag(file.covariance(found, "U"))[:2]
    expected = np.diag(found.covariance("U"))[:2]
    assert variances == pytest.approx(expected if code[0] in "ew" else expected[::-1])


@pytest.mark.parametrize(
    ("body", "line", "reason"),
    [
        ('<point id="A" x="1" adj="xy"/>', 6, "x and y belong together"),
        ('<point x="1" y="1"/>', 6, "without id"),
        ('<point id="A" adj="q"/>', 6, "unknown kind of point"),
        ('<point id="A" x="one" y="1"/>', 6, "x is not a number"),
        ('<point id="A" x="nan" y="1"/>', 6, "not finite"),
        ("\n<what/>", 7, "unknown element what"),
        ('<obs from="A"><distance to="B" val="1" stdev="1"/></obs>', 6, "'A' is not declared"),
        ('<obs><circle val="1"/></obs>', 6, "unknown observation circle"),
        ('<obs><distance from="A" to="B" val="1" stdev="0"/></obs>', 6, "not positive"),
        ('<obs><distance from="A" to="B" val="1"/></obs>', 6, "neither a standard deviation"),
        ('<vectors><vec from="A" to="B" dx="1" dy="1" dz="1"/></vectors>', 6, "neither"),
        (
            '<obs><distance from="A" to="B" val="1"/><cov-mat dim="2" band="0">1 1</cov-mat></obs>',
            6, "a matrix of 1 rows is needed",
        ),
    ],
)  # fmt: skip
def test_faults_of_gama_files_are_told_with_their_line(tmp_path, body, line, reason):
    with pytest.raises(NetworkFileUnreadable) as caught:
        gama(tmp_path, body)
    assert caught.value.evidence["place"] == f"network.gkf, line {line}"
    assert reason in caught.value.evidence["reason"]


@pytest.mark.parametrize(
    ("network", "parameters", "reason"),
    [
        ('axes-xy="xy"', "", "unknown axes"),
        ('angles="odd"', "", "unknown axes"),
        ("", 'speed="1"', "unknown parameter speed"),
        ("", 'conf-pr="2"', "conf-pr lies between"),
    ],
)
def test_unknown_settings_are_refused(tmp_path, network, parameters, reason):
    with pytest.raises(NetworkFileUnreadable, match=reason):
        gama(tmp_path, "", network=network, parameters=parameters)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('<!DOCTYPE a [<!ENTITY x "y">]><a/>', "document type or an entity"),
        ("<a><b></a>", "mismatched tag"),
        ("", "no element found"),
        ("<html/>", "give one GNU Gama network"),
        ("<gama-local/>", "not a GNU Gama network"),
    ],
)
def test_files_that_are_something_else(tmp_path, text, reason):
    path = tmp_path / "a.xml"
    path.write_text(text)
    with pytest.raises(NetworkFileUnreadable, match=reason):
        read_network([path])


# -- DynaML ----------------------------------------------------------------------------------------

STATIONS = """<DnaXmlFormat type="Station File" referenceframe="GDA2020" epoch="01.01.2020">
<DnaStation><Name>A</Name><Constraints>CCC</Constraints><Type>LLh</Type>
<StationCoord><Name>A</Name><XAxis>-36.30</XAxis><YAxis>146.00</YAxis><Height>200</Height></StationCoord></DnaStation>
<DnaStation><Name>B</Name><Constraints>FFF</Constraints><Type>LLH</Type>
<StationCoord><XAxis>-36.2930</XAxis><YAxis>146.0030</YAxis><Height>210</Height></StationCoord></DnaStation>
<DnaStation><Name>C</Name><Constraints>{constraints}</Constraints><Type>{kind}</Type>
<StationCoord><XAxis>{x}</XAxis><YAxis>{y}</YAxis><Height>{h}</Height>{zone}</StationCoord></DnaStation>
</DnaXmlFormat>"""
THIRD = {"constraints": "FFF", "kind": "UTM", "x": "411000", "y": "5960000", "h": "190", "zone": "<HemisphereZone>S55</HemisphereZone>"}  # fmt: skip


def dynaml(tmp_path, measurements, **third):
    stations, measured = tmp_path / "stn.xml", tmp_path / "msr.xml"
    stations.write_text(STATIONS.format(**(THIRD | third)))
    measured.write_text(
        '<DnaXmlFormat type="Measurement File" referenceframe="GDA2020" epoch="01.01.2020">\n'
        f"{measurements}</DnaXmlFormat>"
    )
    return read_network([stations, measured])


def scalar(kind, value, sigma, *names, extra=""):
    tags = "".join(
        f"<{tag}>{name}</{tag}>"
        for tag, name in zip(("First", "Second", "Third"), names, strict=False)
    )
    return (
        f"<DnaMeasurement><Type>{kind}</Type><Ignore/>{tags}<Value>{value}</Value>"
        f"<StdDev>{sigma}</StdDev>{extra}</DnaMeasurement>\n"
    )


def test_terrestrial_measurements_of_dynaml(tmp_path):
    network = dynaml(
        tmp_path,
        scalar("A", "90.0000", 5, "A", "B", "C")
        + scalar("B", "39.3015.5", 5, "A", "B").replace("39.3015.5", "39.30155")
        + scalar("E", "1200.5", 0.01, "A", "B")
        + scalar(
            "S",
            "1200.9",
            0.01,
            "A",
            "B",
            extra="<InstHeight>1.5</InstHeight><TargHeight>1.6</TargHeight>",
        )
        + scalar("V", "89.3000", 8, "A", "B")
        + scalar("Z", "0.3000", 8, "A", "B")
        + scalar("P", "-36.2930", 0.01, "B")
        + scalar("Q", "146.0030", 0.01, "B")
        + scalar("R", "210.0", 0.02, "B")
        + scalar("S", "1", 1, "A", "B").replace("<Ignore/>", "<Ignore>*</Ignore>")
        + "<DnaMeasurement><Type>D</Type><Ignore/><First>A</First><Second>B</Second><Value>0.0</Value>"
        "<StdDev>3</StdDev><Total>1</Total><Directions><Ignore/><Target>C</Target><Value>90.0</Value>"
        "<StdDev>3</StdDev></Directions></DnaMeasurement>",
    ).network
    kinds = [type(one).__name__ for one in network.observations]
    assert kinds == [
        "Angle", "Azimuth", "Distance", "SlopeDistance", "ZenithAngle", "ZenithAngle",
        "Coordinate", "Coordinate", "Coordinate", "Direction", "Direction",
    ]  # fmt: skip
    assert network.observations[1].value == pytest.approx(math.radians(39 + 30 / 60 + 15.5 / 3600))
    assert network.observations[4].value == pytest.approx(math.radians(89.5))
    assert network.observations[5].value == pytest.approx(math.radians(89.5))
    assert network.observations[3].target_m == 1.6
    assert network.points["A"].roles == (Role.FIXED,) * 3
    assert network.points["B"].roles == (Role.FREE,) * 3
    assert isinstance(network.observations[6], Coordinate)
    assert not network.a_posteriori
    # About 1.2 km from A, in the south of zone 55.
    apart = math.dist(network.points["A"].at, network.points["C"].at)
    assert 0 < apart < 20_000


VECTOR = """<DnaMeasurement><Type>G</Type><Ignore/><ReferenceFrame>{frame}</ReferenceFrame><Epoch>{epoch}</Epoch>
<First>A</First><Second>B</Second><Vscale>{v}</Vscale><Pscale>{p}</Pscale><Lscale>1</Lscale><Hscale>1</Hscale>
<GPSBaseline><X>-900</X><Y>500</Y><Z>740</Z><SigmaXX>4e-6</SigmaXX><SigmaXY>0</SigmaXY><SigmaXZ>0</SigmaXZ>
<SigmaYY>4e-6</SigmaYY><SigmaYZ>0</SigmaYZ><SigmaZZ>4e-6</SigmaZZ></GPSBaseline></DnaMeasurement>"""


def test_variances_are_scaled_as_the_file_says(tmp_path):
    plain = {"frame": "GDA2020", "epoch": "01.01.2020"}
    group = dynaml(tmp_path, VECTOR.format(**plain, v=100, p=1)).network.observations[0]
    assert group.covariance == pytest.approx(4e-4 * np.eye(3))
    group = dynaml(tmp_path, VECTOR.format(**plain, v=1, p=9)).network.observations[0]
    north = np.array([0.0, 0.0, 1.0])
    values, vectors = np.linalg.eigh(group.covariance)
    assert values == pytest.approx([4e-6, 4e-6, 36e-6])
    # The axis that grew is north at latitude -36.5°.
    assert abs(vectors[:, 2] @ north) == pytest.approx(math.cos(math.radians(36.5)), abs=1e-6)


@pytest.mark.parametrize(
    ("measurement", "third", "reason"),
    [
        (scalar("L", "1", 1, "A", "B"), {}, "needs a geoid model"),
        (scalar("H", "1", 1, "A"), {}, "needs a geoid model"),
        (scalar("I", "1", 1, "A"), {}, "needs deflections"),
        (scalar("C", "1", 1, "A", "B"), {}, "'C' are not read"),
        (scalar("S", "1", 1, "A", "X"), {}, "'X' is not in the station file"),
        (scalar("S", "1", 0, "A", "B"), {}, "not positive"),
        (scalar("A", "90.7000", 1, "A", "B", "C"), {}, "ddd.mmssss"),
        (VECTOR.format(frame="MOON", epoch="01.01.2020", v=1, p=1), {}, "no way from 'MOON'"),
        (VECTOR.format(frame="ITRF2014", epoch="2020", v=1, p=1), {}, "dd.mm.yyyy"),
        (
            VECTOR.format(frame="GDA2020", epoch="01.01.2020", v=0, p=1),
            {},
            "scale of the variances",
        ),
        ("<Other/>", {}, "unknown element Other"),
        ("", {"constraints": "CX"}, "three letters C or F"),
        ("", {"constraints": "FFC"}, "above the geoid"),
        ("", {"kind": "ABC"}, "'ABC' are not read"),
        ("", {"zone": ""}, "UTM zone is missing"),
    ],
)
def test_faults_of_dynaml_are_told(tmp_path, measurement, third, reason):
    with pytest.raises(NetworkFileUnreadable) as caught:
        dynaml(tmp_path, measurement, **third)
    assert reason in caught.value.evidence["reason"]
    assert ", line " in caught.value.evidence["place"]


def test_measurements_without_stations_are_told(tmp_path):
    path = tmp_path / "msr.xml"
    path.write_text("<DnaXmlFormat><DnaMeasurement/></DnaXmlFormat>")
    with pytest.raises(NetworkFileUnreadable, match="give the station file as well"):
        read_network([path])


@pytest.mark.parametrize(
    ("text", "degrees"),
    [("145.300000", 145.5), ("-36.3348253511", -(36 + 33 / 60 + 48.253511 / 3600)), ("0.3", 0.5), ("-0.0001", -1 / 3600)],
)  # fmt: skip
def test_packed_degrees(text, degrees):
    assert hp_radians(text) == pytest.approx(math.radians(degrees), abs=1e-15)


def test_frames_move_with_the_plate():
    at = (-4_297_030.0, 2_827_160.0, -3_759_485.0)
    assert carried(at, "GDA2020", "gda2020", 2015.0) == at
    # ITRF2014 and GDA2020 agree at 2020.0 and part by some 7 cm a year.
    assert carried(at, "ITRF2014", "GDA2020", 2020.0) == pytest.approx(at, abs=1e-6)
    moved = carried(at, "ITRF2014", "GDA2020", 2010.0)
    assert 0.5 < math.dist(moved, at) < 0.8
    assert decimal_year("02.07.2019") == pytest.approx(2019 + 182 / 365)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"G {'A':<20}{'B':<20} 1 1 1 1\n 1.0\n", "2 numbers are needed"),
        (f"G {'A':<20}{'B':<20} 1 1 1 1\n", "ends in the middle"),
        (f"G {'A':<20}{'B':<20}\n", "four scales"),
        (f"S {'A':<20}{'B':<20} 1\n", "from DynaML only"),
    ],
)
def test_faults_of_text_files_are_told(tmp_path, text, reason):
    stations, measured = tmp_path / "a.stn", tmp_path / "a.msr"
    stations.write_text(
        "!#=DNA 3.01 STN    13.12.2018       GDA2020    01.01.2020        2\n"
        "A                   CCC LLh      -36.3000      146.0000            200.0\n"
        "B                   FFF LLh      -36.3000      146.0030            200.0\n"
    )
    measured.write_text(
        f"!#=DNA 3.01 MSR    13.12.2018       GDA2020    01.01.2020        1\n{text}"
    )
    with pytest.raises(NetworkFileUnreadable) as caught:
        read_network([stations, measured])
    assert reason in caught.value.evidence["reason"]
    stations.write_text("!#=DNA 3.01 STN\nA                   CCC LLh\n")
    with pytest.raises(NetworkFileUnreadable, match="a station needs"):
        read_network([stations])
