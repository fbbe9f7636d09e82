"""Files from the field: nothing is dropped, nothing is taken twice, nothing is half done."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.utils import IntegrityError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cadastre.errors import LandError
from cadastre.fieldfiles import FieldFileUnreadable
from surveys.errors import FieldFileEmpty, SurveyJobStatusWrong
from surveys.models import (
    FieldFile,
    Observation,
    Occupation,
    Reading,
    RejectedRecord,
    SurveyJob,
    SurveyJobEvent,
)
from surveys.services import imports
from surveys.services.jobs import survey_job_withdraw
from tests.factories import a_land_office
from tests.surveys.field import EAST, NORTH, NOW, a_survey, rtk_file, rtk_rows, taken

pytestmark = pytest.mark.django_db

# As SOURCES.md counts them, or as the lines of the file do.
SAMPLES = [
    ("gnss/rtklib_geonet/0759_static_llh.pos", "rtklib_pos", 115, 0, 1, 115),
    ("gnss/rtklib_geonet/0759_static_ecef.pos", "rtklib_pos", 115, 0, 1, 115),
    ("gnss/rtklib_geonet/0759_kinematic_llh_t.pos", "rtklib_pos", 115, 0, 1, 115),
    ("gnss/rtklib_geonet/0759_single.pos", "rtklib_pos", 115, 0, 1, 115),
    ("gnss/rtklib_geonet/0759_kinematic.nmea", "nmea", 115, 0, 1, 115),
    ("gnss/gpsd/nmea-rtk.log", "nmea", 122, 0, 2, 122),
    ("totalstation/leica/coords.gsi", "gsi", 48, 0, 48, 48),
    ("totalstation/geodimeter/DT.job", "geodimeter", 96, 6, 9, 0),
    ("landxml/DP1178630p_V2.xml", "landxml", 218, 0, 171, 149),
]


@pytest.mark.parametrize(
    ("path", "kind", "accepted", "rejected", "stays", "positions"),
    SAMPLES,
    ids=[row[0].rpartition("/")[2] for row in SAMPLES],
)
def test_a_real_file_comes_in_whole(
    sample_data: Path,
    path: str,
    kind: str,
    accepted: int,
    rejected: int,
    stays: int,
    positions: int,
) -> None:
    file = sample_data / "survey" / path
    job = a_survey()
    result = taken(job, file.read_bytes(), file.name).result
    assert (result["format"], result["accepted"], result["rejected"]) == (kind, accepted, rejected)
    assert result["read"] == accepted + rejected
    assert (result["occupations"], Observation.objects.count()) == (stays, positions)
    assert RejectedRecord.objects.count() == rejected
    job.refresh_from_db()
    assert job.status == SurveyJob.Status.OBSERVED


def test_an_occupation_knows_its_base_and_invents_no_operator(sample_data: Path) -> None:
    log = sample_data / "survey" / "gnss" / "rtklib_geonet" / "0759_static_llh.pos"
    taken(a_survey(), log.read_bytes(), log.name)
    stay = Occupation.objects.get()
    assert stay.base == "35.132057068  139.624306577    73.9077"
    assert (stay.operator, stay.antenna_height_m) == ("", None)
    assert stay.started_at is not None
    assert stay.started_at.isoformat() == "2005-04-01T23:59:47+00:00"  # GPS time less 13 s


def test_the_same_log_in_degrees_and_in_metres_of_the_earth_lies_at_one_place(
    sample_data: Path,
) -> None:
    folder = sample_data / "survey" / "gnss" / "rtklib_geonet"
    places = []
    for name in ("0759_static_llh.pos", "0759_static_ecef.pos"):
        taken(a_survey(), (folder / name).read_bytes(), name)
        last = Observation.objects.order_by("-pk").first()
        assert last is not None
        assert last.geometry is not None
        places.append((last.geometry.x, last.geometry.y, last.height_m))
    assert places[0][:2] == pytest.approx(places[1][:2], abs=2e-9)  # 0.2 mm
    assert places[0][2] == pytest.approx(places[1][2], abs=2e-4)


def test_a_file_sent_twice_is_taken_once() -> None:
    job = a_survey()
    content = rtk_file(rtk_rows("A", epochs=5))
    first, second = taken(job, content), taken(job, content, "another name.csv")
    assert (first.again, second.again) == (False, True)
    assert second.result | {"again": False} == first.result
    assert (FieldFile.objects.count(), Observation.objects.count()) == (1, 5)
    assert SurveyJobEvent.objects.filter(action="observed").count() == 1


def test_two_jobs_may_have_the_same_file() -> None:
    content = rtk_file(rtk_rows("A", epochs=2))
    assert not taken(a_survey(), content).again
    assert not taken(a_survey(), content).again


def test_every_line_that_is_not_taken_is_told_with_its_reason() -> None:
    good = rtk_rows("A", epochs=3)
    broken = good[1].replace("13.", "six", 1)
    result = taken(a_survey(), rtk_file([good[0], broken, good[2]])).result
    assert (result["read"], result["accepted"], result["rejected"]) == (3, 2, 1)
    reject = RejectedRecord.objects.get()
    assert reject.line == 3
    assert reject.text == broken
    assert reject.code == "field_number_unreadable"
    assert reject.evidence["line"] == 3


def test_stays_are_told_apart_by_name_and_by_time() -> None:
    rows = [
        rtk_rows("A", epochs=4), rtk_rows("B", 20, epochs=3, minutes=5),
        rtk_rows("A", epochs=4, minutes=9), rtk_rows("A", epochs=4, minutes=60),
    ]  # fmt: skip
    taken(a_survey(), rtk_file(*rows))
    stays = Occupation.objects.order_by("pk").values_list("point_name", flat=True)
    assert list(stays) == ["A", "B", "A", "A"]
    assert [o.observations.count() for o in Occupation.objects.order_by("pk")] == [4, 3, 4, 4]


def test_a_log_without_names_is_cut_where_the_receiver_moves(sample_data: Path) -> None:
    log = sample_data / "survey" / "gnss" / "gpsd" / "nmea-rtk.log"
    job = a_survey()
    taken(job, log.read_bytes(), log.name)
    assert list(job.occupations.order_by("pk").values_list("point_name", flat=True)) == [
        "nmea-rtk-1", "nmea-rtk-2",
    ]  # fmt: skip
    named = a_survey()
    taken(named, log.read_bytes(), log.name, point="หลัก 7")
    assert set(named.occupations.values_list("point_name", flat=True)) == {"หลัก 7"}


def test_positions_lie_where_the_grid_says_and_stay_as_observed() -> None:
    line = f"A,{EAST},{NORTH},fixed,0.008,0.008,0.012"
    taken(a_survey(), "point,easting,northing,fix,sigma e,sigma n,sigma u\n" + line + "\n")
    row = Observation.objects.get()
    assert row.form == "grid"
    assert row.geometry is not None
    assert (row.geometry.x, row.geometry.y) == pytest.approx((100.4708, 13.8715), abs=1e-3)
    assert (row.first, row.second) == (EAST, NORTH)
    assert row.covariance == [0.008**2, None, None, 0.008**2, None, 0.012**2]
    assert (row.raw, row.height_m) == (line, None)


def test_a_local_system_and_a_baseline_without_base_get_no_place() -> None:
    local = taken(a_survey(), "A,100.0,200.0,1.0,corner\nB,110.0,200.0,1.0,corner\n", srid=0)
    assert (local.unplaced, local.file.srid) == (2, None)
    header = (
        "%  GPST  e-baseline(m)  n-baseline(m)  u-baseline(m)  Q  ns  sde(m)  sdn(m)  sdu(m)  "
        "sden(m)  sdnu(m)  sdue(m)  age(s)  ratio\n"
    )
    line = (
        "2005/04/02 00:00:00.000  12.0000  -3.0000  0.1000  1  7  0.0010  0.0010  0.0020  "
        "0.0000  0.0000  0.0000  0.00  10.0\n"
    )
    baseline = taken(a_survey(), header + line, "enu.pos")
    row = Observation.objects.get(occupation__file=baseline.file)
    assert (row.form, row.first, row.second, row.geometry) == ("baseline", 12.0, -3.0, None)


def test_readings_of_a_total_station_keep_target_and_height(sample_data: Path) -> None:
    file = sample_data / "survey" / "totalstation" / "sdr33" / "20151125.sdr"
    job = a_survey()
    taken(job, file.read_bytes(), file.name)
    kinds = set(Reading.objects.values_list("kind", flat=True))
    assert {"direction", "zenith", "slope_distance"} <= kinds
    assert not Reading.objects.filter(target="").exists()
    assert Observation.objects.filter(geometry=None).count() == Observation.objects.count()


def test_a_file_of_nothing_is_refused_and_leaves_nothing() -> None:
    job = a_survey()
    with pytest.raises(FieldFileEmpty):
        taken(job, "# nothing but a remark\n", "empty.txt", format="pnezd")
    with pytest.raises(FieldFileUnreadable):
        taken(job, b"\x00\x01\x02" * 50, "photo.bin")
    assert FieldFile.objects.count() == 0
    job.refresh_from_db()
    assert job.status == SurveyJob.Status.REQUESTED


def test_an_import_that_breaks_off_leaves_nothing_and_can_be_done_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job, content = a_survey(), rtk_file(rtk_rows("A", epochs=9))

    def killed(*_args: Any, **_more: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(imports, "survey_job_move", killed)
        with pytest.raises(KeyboardInterrupt), transaction.atomic():
            taken(job, content)
    kept = (FieldFile, Occupation, Observation, RejectedRecord)
    assert [kind.objects.count() for kind in kept] == [0, 0, 0, 0]
    again = taken(job, content)
    with again.file.file.open("rb") as kept_file:
        assert kept_file.read() == content.encode()
    assert Observation.objects.count() == 9


def test_what_was_observed_cannot_be_changed() -> None:
    taken(a_survey(), rtk_file(rtk_rows("A", epochs=1)))
    for table in ("fieldfile", "occupation", "observation"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE surveys_{table} SET id = id")


def test_a_job_that_is_over_takes_nothing() -> None:
    job = a_survey()
    survey_job_withdraw(job=job, note="ผู้ขอถอนคำขอ", by=None, now=NOW)
    with pytest.raises(SurveyJobStatusWrong):
        taken(job, rtk_file(rtk_rows("A", epochs=1)))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(max_size=60), max_size=6), st.sampled_from(["csv", "pnezd", "nmea", None]))
def test_no_text_whatever_breaks_the_import(lines: list[str], kind: str | None) -> None:
    content = "\n".join([rtk_file(rtk_rows("A", epochs=2)), *lines])
    with transaction.atomic():
        try:
            result = taken(a_survey(), content.encode("utf-8", "replace"), format=kind).result
        except LandError:
            pass
        else:
            assert result["read"] == result["accepted"] + result["rejected"]
        transaction.set_rollback(True)


# -- the command --------------------------------------------------------------------------------


def told(*arguments: str) -> dict[str, Any]:
    out = StringIO()
    call_command("import_survey", *arguments, "--json", stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def test_the_command_answers_with_counts(tmp_path: Path) -> None:
    job = a_survey()
    file = tmp_path / "rtk.csv"
    file.write_text(rtk_file(rtk_rows("A", epochs=3), rtk_rows("B", 9, epochs=3, minutes=3)))
    result = told(str(file), "--job", job.number)
    assert {key: result[key] for key in ("read", "accepted", "rejected", "occupations")} == {
        "read": 6, "accepted": 6, "rejected": 0, "occupations": 2,
    }  # fmt: skip
    assert (result["points"], result["format"], result["again"]) == (2, "csv", False)
    assert len(result["sha256"]) == 64
    assert result["verdicts"] == {"fail": 2}
    assert told(str(file), "--job", str(job.pk))["again"] is True


def test_the_command_fails_with_a_code_when_it_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("nothing, of, the, kind\n")
    good = tmp_path / "good.csv"
    good.write_text(rtk_file(rtk_rows("A", epochs=2)))
    out = StringIO()
    for arguments, code in (
        ((str(file), "--job", "ไม่มี"), "survey_job_unknown"),
        ((str(file), "--job", a_survey().number, "--mapping", "none"), "mapping_unknown"),
        ((str(file), "--job", a_survey().number), "field_file_unreadable"),
        ((str(good), "--job", a_survey().number, "--srid", "1"), "crs_unknown"),
    ):
        with pytest.raises(CommandError, match=code):
            call_command("import_survey", *arguments, stdout=out, stderr=out)


def test_a_number_that_two_offices_have_is_asked_back(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text(rtk_file(rtk_rows("A", epochs=2)))
    for code in ("A", "B"):
        a_survey("ร.ว. 9/2569", a_land_office(code))
    with pytest.raises(CommandError, match="survey_job_ambiguous"):
        told(str(file), "--job", "ร.ว. 9/2569")


def test_a_file_of_which_nothing_can_be_taken_is_kept_and_moves_nothing() -> None:
    job = a_survey()
    result = taken(job, rtk_file(["A,six,seven,,fixed,,,,,,,"])).result
    assert (result["accepted"], result["rejected"]) == (0, 1)
    job.refresh_from_db()
    assert job.status == SurveyJob.Status.REQUESTED
    assert job.events.filter(action="nothing_taken").exists()


def a_geopackage(folder: Path, shapes: list[Any], names: list[str]) -> bytes:
    path = folder / "points.gpkg"
    pyogrio.raw.write(
        path, np.array([shapely.to_wkb(shape) for shape in shapes], dtype=object),
        [np.array(names, dtype=object)], ["name"],
        geometry_type=shapes[0].geom_type + (" Z" if shapes[0].has_z else ""),
        crs="EPSG:32647", layer="marks",
    )  # fmt: skip
    return path.read_bytes()


def test_points_of_a_geopackage_are_read_in_the_jail(tmp_path: Path) -> None:
    points = [shapely.Point(EAST, NORTH, 2.5), shapely.Point(EAST + 40, NORTH, 2.6)]
    result = taken(a_survey(), a_geopackage(tmp_path, points, ["ก1", "ก2"]), "points.gpkg").result
    assert (result["format"], result["accepted"], result["rejected"]) == ("geopackage", 2, 0)
    row = Observation.objects.get(occupation__point_name="ก2")
    assert (row.form, row.first, row.second, row.third) == ("grid", EAST + 40, NORTH, 2.6)
    assert row.geometry is not None
    assert row.geometry.y == pytest.approx(13.8715, abs=1e-3)


def test_a_geopackage_of_lines_is_rejected_feature_by_feature(tmp_path: Path) -> None:
    lines = [shapely.LineString([(EAST, NORTH), (EAST + 9, NORTH)])]
    result = taken(a_survey(), a_geopackage(tmp_path, lines, ["x"]), "lines.gpkg").result
    assert (result["accepted"], result["rejected"]) == (0, 1)
    assert RejectedRecord.objects.get().code == "field_geometry_not_point"


def test_a_database_that_is_no_geopackage_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LandError):
        taken(a_survey(), b"SQLite format 3\x00" + bytes(2000), "x.gpkg")
    assert FieldFile.objects.count() == 0
