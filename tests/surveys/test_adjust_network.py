from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command

NETWORK = """<?xml version="1.0"?>
<gama-local xmlns="http://www.gnu.org/software/gama/gama-local"><network axes-xy="en">
<parameters sigma-apr="10" sigma-act="apriori"/><points-observations distance-stdev="10">
<point id="A" x="0" y="0" fix="xy"/><point id="B" x="300" y="0" fix="xy"/>
<point id="C" x="0" y="400" fix="xy"/><point id="P" adj="xy"/>
<obs><distance from="A" to="P" val="250.004"/><distance from="B" to="P" val="249.998"/>
<distance from="C" to="P" val="{c}"/><distance from="P" to="A" val="250.000"/></obs>
</points-observations></network></gama-local>"""


@pytest.fixture
def network(tmp_path):
    def write(c="250.003"):
        path = tmp_path / "network.gkf"
        path.write_text(NETWORK.format(c=c))
        return path

    return write


def told(*arguments, **options):
    out, err = io.StringIO(), io.StringIO()
    call_command("adjust_network", *arguments, stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


def test_the_result_is_json_and_progress_goes_elsewhere(network):
    out, err = told(network(), json=True)
    result = json.loads(out)
    assert result.keys() >= {
        "dof", "sigma0", "chi2", "chi2_range", "passed", "iterations", "points", "observations",
    }  # fmt: skip
    assert result["dof"] == 2
    assert result["passed"] is True
    low, high = result["chi2_range"]
    assert low < result["chi2"] < high
    assert result["variance_factor"] == pytest.approx(result["chi2"] / 2)
    # Gama tells sigma zero in units of sigma-apr.
    assert result["sigma0"] == pytest.approx(10 * result["variance_factor"] ** 0.5)
    points = {point["id"]: point for point in result["points"]}
    assert points["P"]["x"] == pytest.approx(150, abs=0.01)
    assert points["P"]["y"] == pytest.approx(200, abs=0.01)
    assert 0.004 < points["P"]["sx"] < 0.011
    assert points["P"]["z"] is None
    assert points["A"]["sx"] == 0
    assert len(result["observations"]) == 4
    first = result["observations"][0]
    assert (first["type"], first["from"], first["to"]) == ("Distance", "A", "P")
    assert first["adjusted"] == pytest.approx(first["observed"] + first["residual"])
    assert sum(each["redundancy"] for each in result["observations"]) == pytest.approx(2)
    assert first["standardised"] is not None
    assert err.count("iteration") == result["iterations"]


def test_people_read_text(network):
    out, _ = told(network())
    assert "degrees of freedom  2" in out
    assert "95%: passed" in out
    assert "Distance C–P" in out
    assert "\nP  " in out


def test_gross_errors_are_taken_out_when_asked(network):
    out, _ = told(network("250.9"), json=True)
    assert json.loads(out)["passed"] is False
    out, _ = told(network("250.9"), json=True, outliers=True)
    result = json.loads(out)
    assert [each["points"] for each in result["outliers"]] == [["C", "P"]]
    assert result["passed"] is True
    out, _ = told(network("250.9"), outliers=True)
    assert "taken out           Distance C–P" in out


def test_it_fails_with_the_reason(network, tmp_path):
    with pytest.raises(CommandError, match=r"network_file_unreadable: .*line 7"):
        told(network("far"))
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("adjust_network", network("far"), json=True, stdout=out, stderr=io.StringIO())
    assert json.loads(out.getvalue())["error"] == "network_file_unreadable"
    with pytest.raises(CommandError, match="No such file"):
        told(tmp_path / "missing.gkf")


def test_stations_and_measurements_of_dynadjust(sample_data):
    folder = sample_data / "survey" / "dynadjust"
    out, _ = told(folder / "gnss-networkstn.xml", folder / "gnss-networkmsr.xml", json=True)
    result = json.loads(out)
    assert result["dof"] == 288
    assert result["sigma0"] == pytest.approx(1.169, abs=5e-4)
    assert result["passed"] is True
    assert len(result["points"]) == 43
    assert len(result["observations"]) == 417
    station = next(point for point in result["points"] if point["id"] == "324901090")
    assert [station[each] for each in ("se", "sn", "su")] == pytest.approx(
        [0.0071, 0.0054, 0.0112], abs=1e-4
    )
    assert station["sx"] ** 2 + station["sy"] ** 2 + station["sz"] ** 2 == pytest.approx(
        station["se"] ** 2 + station["sn"] ** 2 + station["su"] ** 2
    )
