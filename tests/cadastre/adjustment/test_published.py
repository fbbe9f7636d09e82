"""Networks that others adjusted and published, from the files they are published in."""

from __future__ import annotations

import json
import math
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from cadastre.adjustment import (
    Angle,
    Direction,
    Distance,
    Network,
    Point,
    Role,
    Vector,
    adjust,
)
from cadastre.adjustment.reading import read_network

TENTH_MM = 1e-4
ADJUSTED = {"g": "http://www.gnu.org/software/gama/gama-local-adjustment"}
GAMA = [
    "Carosio_DistanceDirection_fix",
    "Ghilani12_6_Height_fix",
    "Ghilani14_5_Distance_fix",
    "Ghilani16_1_Traverse",
    "Ghilani_GNSS_Baselines",
    "gama-local",
    "jezerka-ang",
    "minimal",
]


def published(sample_data, name):
    path = sample_data / "survey" / "gama" / f"{name}.xml"
    return ET.parse(path).getroot()  # noqa: S314  (files of our own set)


def number(root, path):
    return float(root.findtext(path, "nan", ADJUSTED))


def published_covariance(expected):
    """The band by rows, mm², as a full matrix in m²."""
    node = expected.find(".//g:cov-mat", ADJUSTED)
    size, band = (int(node.findtext(f"g:{tag}", "", ADJUSTED)) for tag in ("dim", "band"))
    numbers = iter(float(flt.text) for flt in node.iterfind("g:flt", ADJUSTED))
    matrix = np.zeros((size, size))
    for row in range(size):
        for column in range(row, min(row + band + 1, size)):
            matrix[row, column] = matrix[column, row] = next(numbers) * 1e-6
    return matrix


def published_points(expected):
    for point in expected.iterfind(".//g:adjusted/g:point", ADJUSTED):
        places = {}
        for each in point:
            letter = each.tag.rpartition("}")[2]
            if letter != "id":
                places["xyz".index(letter.lower())] = float(each.text)
        yield point.findtext("g:id", "", ADJUSTED), places


@pytest.mark.parametrize("name", GAMA)
def test_networks_adjusted_by_gnu_gama(sample_data, name):
    file = read_network([sample_data / "survey" / "gama" / f"{name}.gkf"])
    expected, ours = published(sample_data, name), adjust(file.network)
    seen = 0
    for point, places in published_points(expected):
        coordinates = file.coordinates(ours, point)
        for place, value in places.items():
            assert coordinates[place] == pytest.approx(value, abs=TENTH_MM / 10)
            seen += 1
    assert seen == int((ours.plan.of_point >= 0).sum()) > 0
    assert ours.degrees_of_freedom == number(expected, ".//g:degrees-of-freedom")
    summary = expected.find(".//g:standard-deviation", ADJUSTED)
    sigma0 = number(summary, "g:aposteriori")
    # Gama does not linearise anew after the last step, which shows in residuals of a micrometre.
    if sigma0:
        apriori = file.network.sigma_apriori
        assert file.sigma0(ours) == pytest.approx(sigma0, rel=1e-5, abs=1e-6 * apriori)
    test = ours.global_test()
    if test is None:
        assert summary.find("g:not-applicable", ADJUSTED) is not None
    else:
        freedom = ours.degrees_of_freedom
        for limit, tag in ((test.lower, "lower"), (test.upper, "upper")):
            assert math.sqrt(limit / freedom) == pytest.approx(
                number(summary, f"g:{tag}"), abs=6e-4
            )
        assert test.passed is (summary.find("g:passed", ADJUSTED) is not None)


@pytest.mark.parametrize("name", GAMA)
def test_their_precision_is_the_published_one(sample_data, name):
    file = read_network([sample_data / "survey" / "gama" / f"{name}.gkf"])
    expected, ours = published(sample_data, name), adjust(file.network)
    variances = np.diag(published_covariance(expected))
    covariances = [
        (file.covariance(ours, point)[place, place])
        for point, places in published_points(expected)
        for place in sorted(places)
    ]
    # Behind the coordinates come the orientations.
    if ours.sigma0 is not None:
        # Carosio's residuals are a hundredth of the standard deviation and lose digits.
        assert covariances == pytest.approx(variances[: len(covariances)], rel=2e-3)
    single = not any(
        isinstance(each.observation, Angle) and name == "jezerka-ang" for each in ours.residuals
    )
    rows = expected.find("g:observations", ADJUSTED)
    for mine, theirs in zip(ours.residuals, rows, strict=True):
        adjusted = number(theirs, "g:adj")
        if isinstance(mine.observation, Distance | Vector):
            assert abs(mine.adjusted) == pytest.approx(abs(adjusted), abs=TENTH_MM)
        told = number(theirs, "g:std-residual")
        # Of correlated angles Gama tells the residuals of the decorrelated rows.
        if (
            mine.standardised is not None
            and not math.isnan(told)
            and (single or isinstance(mine.observation, Distance))
        ):
            assert abs(mine.standardised) == pytest.approx(told, abs=1.2e-3)


def adjusted_by_dynadjust(sample_data):
    text = (sample_data / "survey" / "dynadjust" / "gnss.simult.adj.expected").read_text()
    rows = re.compile(
        r"^[GXY] (\S+) +(\S+)? +([XYZ]) +(-?[\d.]+) +(-?[\d.]+) +(-?[\d.]+) +([\d.]+) +([\d.]+)"
        r" +([\d.]+) +(-?[\d.]+) ", re.MULTILINE,
    ).findall(text)  # fmt: skip
    stations = [
        line.split()
        for line in text.split("Adjusted Coordinates")[1].splitlines()[5:]
        if line.strip()
    ]
    return text, rows, stations


@pytest.mark.parametrize(
    "names",
    [("gnss-networkstn.xml", "gnss-networkmsr.xml"), ("gnss-network.stn", "gnss-network.msr")],
)
def test_the_network_adjusted_by_dynadjust(sample_data, names):
    file = read_network([sample_data / "survey" / "dynadjust" / name for name in names])
    text, rows, stations = adjusted_by_dynadjust(sample_data)
    ours = adjust(file.network)
    assert len(stations) == len(file.network.points) == 43
    for fields in stations:
        name, xyz, deviations = fields[0], fields[6:9], fields[9:12]
        assert ours.coordinates(name) == pytest.approx([float(part) for part in xyz], abs=TENTH_MM)
        assert ours.standard_deviations(name) == pytest.approx(
            [float(part) for part in deviations], abs=TENTH_MM
        )
    assert ours.degrees_of_freedom == 288
    assert ours.chi2 == pytest.approx(336.64, abs=0.01)
    # What DynAdjust calls sigma zero is the variance factor.
    assert file.sigma0(ours) == pytest.approx(1.169, abs=5e-4)
    assert ours.global_test().passed and "*** PASSED ***" in text  # noqa: PT018
    assert len(rows) == len(ours.residuals) == 417
    for told, mine in zip(rows, ours.residuals, strict=True):
        assert mine.observed == pytest.approx(float(told[3]), abs=TENTH_MM)
        assert mine.residual == pytest.approx(float(told[5]), abs=1.1e-4)
        # Residuals over their deviation, both printed to few digits there.
        assert mine.standardised == pytest.approx(float(told[9]), abs=0.02)


def dms(text):
    degrees, minutes, seconds = (float(part) for part in text.split("-"))
    return math.radians(degrees + minutes / 60 + seconds / 3600)


def test_the_traverse_between_two_known_points(sample_data):
    """Bowditch's published coordinates lie within the misclosure of the strict ones, here 11 cm."""
    path = sample_data / "survey" / "traverse" / "traverse_both_ends.json"
    case = json.loads(path.read_text())["traverse2_both_ends_fixed"]
    fixed = (Role.FIXED, Role.FIXED, Role.ABSENT)
    points = {name: Point((*place, None), fixed) for name, place in case["known"].items()}
    points |= {name: Point() for name in "123"}
    second = math.pi / 180 / 3600
    observations = [
        Direction(value=dms(value), sigma=10 * second, start=station, end=end)
        for station, sights in case["orientation_obs"].items()
        for end, value in sights.items()
    ]
    for start, end, direction, length in case["legs"]:
        observations.append(
            Direction(value=dms(direction), sigma=10 * second, start=start, end=end)
        )
        observations.append(Distance(value=length, sigma=0.02, start=start, end=end))
    ours = adjust(Network(points, tuple(observations)))
    assert ours.degrees_of_freedom == 22 - (6 + 5)
    for name in "123":
        east, north, _ = ours.coordinates(name)
        assert math.dist((east, north), case["expected"][name]) < 0.06
        assert 0 < ours.error_ellipse(name).major < 0.06
    # The orientation of each end agrees with the published mean of its known sights.
    for station, told in case["expected"]["orientation"].items():
        place = ours.columns.set_station.tolist().index(list(points).index(station))
        turned = math.remainder(float(ours.state.orientations[place]) - dms(told), math.tau)
        assert abs(turned) < 25 * second
