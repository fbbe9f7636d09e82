"""Real files of receivers and total stations: the counts that their publishers give."""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from pyproj import Transformer

from cadastre.cogo import Place, inverse
from cadastre.fieldfiles import (
    AngleReading,
    EcefPosition,
    FieldFile,
    FixType,
    GeodeticPosition,
    PlanArc,
    read_field_file,
    ring,
    write_landxml,
)
from cadastre.fieldfiles.curves import sweep_rad

ECEF = Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)


def sample(sample_data: Path, path: str) -> FieldFile:
    file = sample_data / "survey" / path
    return read_field_file(file.name, file.read_bytes())


# file: format, pieces read, rejected; records by kind.
COUNTS = {
    "gnss/demo5_rover_first300.pos": ("rtklib_pos", 301, 0, {"GnssObservation": 301}),
    "gnss/rtklib_geonet/0759_kinematic_llh_t.pos": (
        "rtklib_pos",
        115,
        0,
        {"GnssObservation": 115},
    ),
    "gnss/rtklib_geonet/0759_single.pos": ("rtklib_pos", 115, 0, {"GnssObservation": 115}),
    "gnss/rtklib_geonet/0759_static_ecef.pos": ("rtklib_pos", 115, 0, {"GnssObservation": 115}),
    "gnss/rtklib_geonet/0759_static_llh.pos": ("rtklib_pos", 115, 0, {"GnssObservation": 115}),
    "gnss/rtklib_geonet/0759_kinematic.nmea": ("nmea", 115, 0, {"GnssObservation": 115}),
    "gnss/gpsd/nmea-rtk.log": ("nmea", 122, 0, {"GnssObservation": 122}),
    "gnss/pynmeagps/pygpsdata-nmea4.log": ("nmea", 2, 0, {"GnssObservation": 2}),
    "gnss/pynmeagps/trimble_nmea.log": ("nmea", 0, 0, {}),
    "gnss/pynmeagps/unicore_nmea.log": ("nmea", 0, 0, {}),
    "landxml/DP1178630p_V2.xml": (
        "landxml",
        218,
        0,
        {
            "PointCoordinates": 149,
            "PlanParcel": 24,
            "StationSetup": 22,
            "AngleReading": 23,
            "DistanceReading": 23,
        },
    ),
    "totalstation/leica/coords.gsi": ("gsi", 48, 0, {"PointCoordinates": 48}),
    "totalstation/trimble/m3/180416-1.m5": (
        "m5",
        40,
        0,
        {"StationSetup": 1, "AngleReading": 40, "DistanceReading": 19, "PointCoordinates": 19},
    ),
    "totalstation/sdr33/20151125.sdr": (
        "sdr",
        21,
        0,
        {"StationSetup": 1, "AngleReading": 28, "DistanceReading": 13, "PointCoordinates": 6},
    ),
    "totalstation/sokia/1cs.scr": (
        "scr",
        19,
        0,
        {"StationSetup": 1, "AngleReading": 36, "DistanceReading": 12},
    ),
    "totalstation/nikon/sample.raw": (
        "nikon",
        7,
        3,
        {"StationSetup": 1, "AngleReading": 4, "DistanceReading": 1, "PointCoordinates": 1},
    ),
    "totalstation/geodimeter/DT.job": (
        "geodimeter",
        102,
        6,
        {"StationSetup": 9, "AngleReading": 174, "DistanceReading": 87},
    ),
    "totalstation/geodimeter/DT.are": ("geodimeter", 6, 0, {"PointCoordinates": 6}),
    "gama/gama-local.gkf": ("gama", 2, 0, {"PointCoordinates": 2}),
    "gama/gama-local.xml": ("gama", 12, 0, {"PointCoordinates": 12}),
}


@pytest.mark.parametrize("path", COUNTS)
def test_a_real_file_is_recognised_and_counted(sample_data, path):
    name, read, rejected, records = COUNTS[path]
    file = sample(sample_data, path)
    assert file.format == name
    assert (file.read, file.accepted, len(file.rejected)) == (read, read - rejected, rejected)
    assert Counter(type(record).__name__ for record in file.records) == records


@pytest.mark.parametrize("path", COUNTS)
def test_every_record_stands_in_its_file(sample_data, path):
    file = sample(sample_data, path)
    text = (sample_data / "survey" / path).read_bytes().decode("latin-1").replace("\r\n", "\n")
    lines = text.split("\n")
    for record in file.records:
        start = "\n".join(lines[record.line - 1 :])
        assert record.raw.encode("utf-8", "ignore") in start.encode("utf-8", "ignore") or (
            record.raw.replace("\r\n", "\n") in start
        )


def test_the_receiver_became_fixed(sample_data):
    file = sample(sample_data, "gnss/gpsd/nmea-rtk.log")
    fixes = [observation.quality.fix for observation in file.observations]
    assert fixes == [FixType.DIFFERENTIAL] * 104 + [FixType.FIXED] * 18
    assert file.ignored == {"RMC": 122, "comment": 8}


def test_gpsd_reads_the_same_positions(sample_data):
    """The expected output of gpsd's own test: time, place and height of each position report."""
    file = sample(sample_data, "gnss/gpsd/nmea-rtk.log")
    report = (sample_data / "survey/gnss/gpsd/nmea-rtk.log.chk").read_text().splitlines()
    told = {}
    for line in report:
        if line.startswith('{"class":"TPV"'):
            position = json.loads(line)
            if "altHAE" in position and "time" in position:
                moment = datetime.fromisoformat(position["time"])
                told[moment] = (position["lat"], position["lon"], position["altHAE"])
    ours = {observation.epoch: observation.position for observation in file.observations}
    common = told.keys() & ours.keys()
    assert len(common) > 100
    for moment in common:
        latitude, longitude, height = told[moment]
        position = ours[moment]
        assert isinstance(position, GeodeticPosition)
        assert position.latitude == pytest.approx(latitude, abs=2e-9)
        assert position.longitude == pytest.approx(longitude, abs=2e-9)
        assert position.height_m == pytest.approx(height, abs=2e-3)


def test_ecef_and_geodetic_solutions_of_one_run_agree(sample_data):
    geodetic = sample(sample_data, "gnss/rtklib_geonet/0759_static_llh.pos").observations
    ecef = sample(sample_data, "gnss/rtklib_geonet/0759_static_ecef.pos").observations
    for a, b in zip(geodetic, ecef, strict=True):
        assert a.epoch == b.epoch
        assert isinstance(a.position, GeodeticPosition)
        assert isinstance(b.position, EcefPosition)
        place = a.position
        xyz = ECEF.transform(place.longitude, place.latitude, place.height_m)
        assert math.dist(xyz, (b.position.x, b.position.y, b.position.z)) < 3e-4
        assert a.quality.ratio == b.quality.ratio


def test_ecef_and_geodetic_covariances_of_one_run_agree(sample_data):
    """Standard deviations are printed to 0.1 mm, so the largest are compared: the first epoch."""
    geodetic = sample(sample_data, "gnss/rtklib_geonet/0759_static_llh.pos").observations[0]
    ecef = sample(sample_data, "gnss/rtklib_geonet/0759_static_ecef.pos").observations[0]
    assert geodetic.quality.covariance is not None
    assert ecef.quality.covariance is not None
    assert isinstance(geodetic.position, GeodeticPosition)
    turned = ecef.quality.covariance.in_enu(geodetic.position.latitude, geodetic.position.longitude)
    for ours, told in zip(turned.sigmas, geodetic.quality.covariance.sigmas, strict=True):
        assert ours == pytest.approx(told, abs=3e-4)
    assert turned.cov_12 == pytest.approx(geodetic.quality.covariance.cov_12, abs=3e-6)
    assert turned.cov_13 == pytest.approx(geodetic.quality.covariance.cov_13, abs=3e-6)
    assert turned.cov_23 == pytest.approx(geodetic.quality.covariance.cov_23, abs=3e-6)


def test_the_log_and_the_solution_of_one_run_agree(sample_data):
    """NMEA is in UTC, the solution in GPS time: they meet only if leap seconds are taken off."""
    log = sample(sample_data, "gnss/rtklib_geonet/0759_kinematic.nmea").observations
    solution = sample(sample_data, "gnss/rtklib_geonet/0759_kinematic_llh_t.pos").observations
    assert log[0].epoch == datetime(2005, 4, 1, 23, 59, 47, tzinfo=UTC)
    for a, b in zip(log, solution, strict=True):
        # The solution cuts what the log rounds: 00:20:59.999 of a clock that is a bit off.
        assert abs((a.epoch - b.epoch).total_seconds()) <= 0.001
        assert isinstance(a.position, GeodeticPosition)
        assert isinstance(b.position, GeodeticPosition)
        assert a.position.latitude == pytest.approx(b.position.latitude, abs=1.5e-9)
        assert a.position.longitude == pytest.approx(b.position.longitude, abs=1.5e-9)
        assert a.position.height_m == pytest.approx(b.position.height_m, abs=1.1e-3)
        assert a.quality.fix is b.quality.fix is FixType.FIXED


def test_gst_and_gsa_join_the_position_of_their_epoch(sample_data):
    observation = sample(sample_data, "gnss/pynmeagps/pygpsdata-nmea4.log").observations[0]
    assert observation.epoch == datetime(2021, 3, 6, 10, 36, 7, tzinfo=UTC)
    assert observation.quality.pdop == 9.62
    assert observation.quality.covariance is not None
    assert observation.quality.covariance.sigmas == (24.0, 15.0, 31.0)


def test_the_parcels_of_a_plan_have_the_areas_it_states(sample_data):
    """One has an arc: the other sense of rotation would be 140 m² off."""
    parcels = sample(sample_data, "landxml/DP1178630p_V2.xml").parcels
    stated = [parcel for parcel in parcels if parcel.area_m2 is not None]
    assert {parcel.name for parcel in stated} == {"22/DP11821", "23/DP11821", "101", "1/SP33537"}
    for parcel in stated:
        (figure,) = parcel.figures
        points = ring(figure, sagitta_m=1e-4)
        assert points[0] == points[-1]
        near = [Place(p.east - points[0].east, p.north - points[0].north) for p in points]
        doubled = sum(a.east * b.north - b.east * a.north for a, b in pairwise(near))
        assert abs(doubled) / 2 == pytest.approx(parcel.area_m2, abs=0.006)


def test_the_arcs_of_a_plan_turn_the_short_way(sample_data):
    parcels = sample(sample_data, "landxml/DP1178630p_V2.xml").parcels
    arcs = [
        side
        for parcel in parcels
        for figure in parcel.figures
        for side in figure
        if isinstance(side, PlanArc)
    ]
    assert len(arcs) == 3
    assert all(sweep_rad(arc) < math.pi / 2 for arc in arcs)


def test_the_observations_of_a_plan_fit_its_coordinates(sample_data):
    """Read as ddd.mmss, bearings and coordinates of the plan say the same."""
    file = sample(sample_data, "landxml/DP1178630p_V2.xml")
    places = {p.point: Place(p.east or 0, p.north or 0) for p in file.points}
    bearings = [reading for reading in file.readings if isinstance(reading, AngleReading)]
    off = [
        abs(
            math.remainder(
                math.degrees(reading.radians)
                - inverse(places[reading.station or ""], places[reading.target])[0],
                360,
            )
        )
        for reading in bearings
    ]
    assert len(off) == 23
    assert max(off) < 0.01  # read as decimal degrees they would be up to 0.4° off


def test_a_plan_that_is_written_reads_back_the_same(sample_data):
    file = sample(sample_data, "landxml/DP1178630p_V2.xml")
    written = write_landxml(
        file.points,
        file.parcels,
        file.setups,
        file.readings,
        written="2026-01-05T09:00:00",
        crs="EPSG:32647",
    )
    again = read_field_file("again.xml", written)
    assert again.rejected == ()
    assert again.crs == "EPSG:32647"
    assert [bare(record) for record in again.points] == [bare(r) for r in file.points]
    assert [bare(record) for record in again.parcels] == [bare(r) for r in file.parcels]
    assert [bare(record) for record in again.setups] == [bare(r) for r in file.setups]
    for ours, told in zip(again.readings, file.readings, strict=True):
        if isinstance(ours, AngleReading) and isinstance(told, AngleReading):
            assert ours.radians == pytest.approx(told.radians, abs=5e-11)
            assert bare(replace(ours, radians=0)) == bare(replace(told, radians=0))
        else:
            assert bare(ours) == bare(told)


def bare(record):
    return replace(record, line=0, raw="")


def test_polar_readings_of_an_m5_give_its_coordinates(sample_data):
    """The instrument wrote both; 2 cm are its prism constant and rounding."""
    file = sample(sample_data, "totalstation/trimble/m3/180416-1.m5")
    points = {point.point: point for point in file.points}
    for name, point in points.items():
        sight = {
            reading.kind: reading
            for reading in file.readings
            if reading.target == name and reading.setup == 1
        }
        zenith, direction = sight["zenith"].radians, sight["horizontal"].radians
        flat = sight["slope"].metres * math.sin(zenith)
        assert flat * math.sin(direction) == pytest.approx(point.east, abs=0.02)
        assert flat * math.cos(direction) == pytest.approx(point.north, abs=0.02)


def test_the_orientation_of_an_sdr_fits_its_coordinates(sample_data):
    """Its head says east before north; the other way the bearing would be 45° off."""
    file = sample(sample_data, "totalstation/sdr33/20151125.sdr")
    (setup,) = file.setups
    places = {p.point: Place(p.east or 0, p.north or 0) for p in file.points}
    azimuth, _ = inverse(places["STLEV"], places["KRYSHA"])
    assert setup.backsight == "KRYSHA"
    assert math.degrees(setup.backsight_azimuth_rad or 0) == pytest.approx(azimuth, abs=1e-6)
    assert setup.instrument_height_m == 0.9


def test_two_faces_of_a_geodimeter_lie_half_a_turn_apart(sample_data):
    file = sample(sample_data, "totalstation/geodimeter/DT.job")
    pairs: dict[int, dict[int, float]] = {}
    for reading in file.readings:
        if isinstance(reading, AngleReading) and reading.face:
            pairs.setdefault(reading.line, {})[reading.face] = reading.radians
    assert len(pairs) == 87
    for faces in pairs.values():
        collimation = math.remainder(faces[1] - faces[2] - math.pi, 2 * math.pi)
        assert abs(math.degrees(collimation)) * 3600 < 60


def test_angles_that_are_none_are_refused_with_their_line(sample_data):
    """Nikon's own sample shows 326.027 as ddd.mmss: seventy seconds."""
    rejected = sample(sample_data, "totalstation/nikon/sample.raw").rejected
    assert [r.line for r in rejected] == [21, 22, 24]
    assert str(rejected[0].reason) == "Line 21: horizontal “326.027” is no angle in ddd.mmss."
