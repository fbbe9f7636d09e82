"""A job for other programs: what is written reads back the same."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cadastre.adjustment import (
    PLANE_ROLES,
    Angle,
    Azimuth,
    Component,
    Coordinate,
    Direction,
    Distance,
    Group,
    Network,
    Point,
    Role,
    adjust,
)
from cadastre.adjustment.observations import points_of
from cadastre.adjustment.reading import read_network
from cadastre.fieldfiles import read_field_file
from surveys.export.gama import write_gama
from surveys.export.landxml import job_landxml
from surveys.models import Reading
from surveys.networks import FIXED, Choices, network_of
from tests.surveys.field import NOW, a_survey
from tests.surveys.networks import a_network
from tests.surveys.test_plan import a_drawn_job

NAMES = ("A", "ก 1", 'p"<&>', "4", "หมุด ๕")
metres = st.floats(-2e6, 2e7, allow_nan=False)
angles = st.floats(0, math.tau, exclude_max=True)
sigmas = st.floats(1e-6, 10)


def ends(count: int) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(NAMES), min_size=count, max_size=count, unique=True)


@st.composite
def pairs(draw: Any) -> Group:
    name, size = draw(st.sampled_from(NAMES)), draw(st.floats(1e-6, 1))
    matrix = np.array([[size, 0.3 * size], [0.3 * size, size]])
    kept = (Component.NORTH, Component.EAST)
    return Group(
        observations=tuple(
            Coordinate(point=name, component=c, value=draw(metres), sigma=1.0) for c in kept
        ),
        covariance=matrix,
    )


observations = st.one_of(
    ends(2).flatmap(lambda e: st.builds(
        Distance, start=st.just(e[0]), end=st.just(e[1]), value=st.floats(0.1, 1e5), sigma=sigmas,
    )),
    ends(2).flatmap(lambda e: st.builds(
        Azimuth, start=st.just(e[0]), end=st.just(e[1]), value=angles, sigma=sigmas,
    )),
    ends(3).flatmap(lambda e: st.builds(
        Angle, station=st.just(e[0]), back=st.just(e[1]), fore=st.just(e[2]), value=angles,
        sigma=sigmas,
    )),
    ends(2).flatmap(lambda e: st.builds(
        Direction, start=st.just(e[0]), end=st.just(e[1]), value=angles, sigma=sigmas,
        set=st.just(f"set of {e[0]}"),
    )),
    pairs(),
)  # fmt: skip


def read_back(network: Network, folder: Path) -> Network:
    file = folder / "network.gkf"
    file.write_bytes(write_gama(network, description="ร.ว. 1/2569 <&>"))
    return read_network([file]).network


@settings(max_examples=60, deadline=None)
@given(
    places=st.lists(st.tuples(metres, metres), min_size=5, max_size=5),
    observed=st.lists(observations, min_size=1, max_size=12),
    fixed=st.sets(st.sampled_from(NAMES)),
    confidence=st.floats(0.5, 0.999),
)
def test_a_gama_file_reads_back_the_same(
    places: Any, observed: Any, fixed: set[str], confidence: float,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:  # fmt: skip
    points = {
        name: Point((east, north, None), FIXED if name in fixed else PLANE_ROLES)
        for name, (east, north) in zip(NAMES, places, strict=True)
    }
    network = Network(points, tuple(observed), a_posteriori=False, confidence=confidence)
    again = read_back(network, tmp_path_factory.mktemp("gama"))
    assert again.confidence == confidence
    assert not again.a_posteriori
    for name, point in points.items():
        assert again.points[name].at == point.at
        if point.roles[0] is Role.FIXED:
            assert again.points[name].roles == point.roles
    assert len(again.observations) == len(observed)
    for one, two in zip(network.observations, again.observations, strict=True):
        assert type(one) is type(two)
        if isinstance(one, Group):
            assert isinstance(two, Group)
            assert two.covariance == pytest.approx(one.covariance, rel=1e-14)
            told = [(c.point, c.component, c.value) for c in one.observations]  # type: ignore[union-attr]
            assert told == [(c.point, c.component, c.value) for c in two.observations]  # type: ignore[union-attr]
        else:
            assert not isinstance(two, Group)
            assert points_of(one) == points_of(two)
            assert two.value == pytest.approx(one.value, rel=1e-15, abs=1e-15)  # type: ignore[union-attr]
            assert two.sigma == pytest.approx(one.sigma, rel=1e-14)  # type: ignore[union-attr]
            if isinstance(one, Distance):
                assert two.value == one.value  # type: ignore[union-attr]


@pytest.mark.django_db
def test_the_network_of_a_job_adjusts_to_the_same_from_its_gama_file(tmp_path: Path) -> None:
    job = a_survey()
    a_network(job)
    network = network_of(job, Choices(fixed=("A", "B"))).network
    here, there = adjust(network), adjust(read_back(network, tmp_path))
    assert there.degrees_of_freedom == here.degrees_of_freedom
    assert there.chi2 == pytest.approx(here.chi2, rel=1e-9)
    for name in network.names:
        assert there.coordinates(name) == pytest.approx(here.coordinates(name), abs=1e-7)


@pytest.mark.django_db
def test_a_job_reads_back_the_same_from_its_landxml() -> None:
    job = a_drawn_job()
    a_network(job)
    occupation = job.occupations.first()
    assert occupation is not None
    Reading.objects.create(
        occupation=occupation, line=990, target="2", backsight="B", kind="angle", value=1.25, raw=""
    )
    read = read_field_file("job.xml", job_landxml(job, now=NOW))
    assert (read.format, read.crs, read.rejected) == ("landxml", "EPSG:32647", ())
    kept = {p.name: (float(p.northing), float(p.easting)) for p in job.points.all()}
    assert {p.point: (p.north, p.east) for p in read.points} == kept
    monuments = {p.point: p.attributes.get("monument type") for p in read.points}
    assert (monuments["P1"], monuments["P2"]) == ("concrete", "metal")
    (parcel,) = read.parcels
    assert parcel.name == "77"
    corners = [side.start.name for side in parcel.figures[0]]
    assert corners == ["P1", "P2", "P3", None]
    assert parcel.figures[0][-1].end == parcel.figures[0][0].start
    own = Reading.objects.filter(occupation__job=job).exclude(kind="angle")
    told = sorted(
        (r.station or "", r.target, getattr(r, "metres", 0.0) or getattr(r, "radians", 0.0))
        for r in read.readings
    )
    wanted = [(r.occupation.point_name, r.target, r.value) for r in own]
    wanted += [("A", "B", 0.0), ("A", "2", 1.25)]
    assert len(told) == len(wanted)
    for one, two in zip(told, sorted(wanted), strict=True):
        assert one[:2] == two[:2]
        assert one[2] == pytest.approx(two[2], abs=5e-11)
