"""Files that were damaged on their way, and files that somebody made to do damage."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cadastre.fieldfiles import FORMATS, FieldFile, FieldFileUnreadable, read_field_file
from cadastre.fieldfiles.reading import MAX_BYTES
from cadastre.fieldfiles.records import Reading
from tests.conftest import SAMPLE_DATA

# One small file of each format: what a fuzzer changes.
SEEDS = {
    "rtklib_pos": b"%  GPST  latitude(deg) longitude(deg)\n"
    b"2025/11/01 00:00:00.000 13.7 100.5 2.5 1 9 0.01 0.02 0.03 0.001 -0.002 0.003 0.5 12.5\n"
    b"2390 518400.250 13.7 100.5 2.5 1 9\n",
    "nmea": b"$GNRMC,235947.00,A,3509.6519574,N,13936.8305799,E,0.00,0.00,010405,0.0,E,R,V*49\r\n"
    b"$GNGGA,235947.00,3509.6519574,N,13936.8305799,E,4,07,1.0,31.901,M,36.478,M,0.0,0000*60\r\n",
    "csv": "Name,N,E,Easting RMS,Northing RMS,เวลา\nก1,1521044.25,672978.5,0.01,0.02,"
    "2566-05-22 14:10\n".encode(),
    "pnezd": b"P1,1521044.256,672978.171,12.3,peg\nP2 1 2\n",
    "landxml": b'<LandXML version="1.2"><CgPoint name="A">1 2 3</CgPoint><CgPoint name="B">1 9'
    b'</CgPoint><Parcel name="P" area="5"><CoordGeom><Line><Start pntRef="A"/><End pntRef="B"/>'
    b'</Line><Curve rot="cw"><Start>0 0</Start><Center>0 5</Center><End>0 10</End></Curve>'
    b'</CoordGeom></Parcel><InstrumentSetup id="S" stationName="A"/><RawObservation setupID="S"'
    b' horizAngle="1"><TargetPoint pntRef="B"/></RawObservation></LandXML>',
    "gama": b'<gama-local><network axes-xy="en"><point id="A" x="1" y="2"/></network></gama-local>',
    "geojson": b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"id":1},'
    b'"geometry":{"type":"Point","coordinates":[100.5,13.5]}}]}',
    "gsi": b"*110001+0000000000009001 81..10+0000000698460332 82..10+0000000173419641\r\n"
    b"110003+00000012 21.324+12345300 22.324+08959598 31..00+00012345\r\n",
    "m5": b"For M5|Adr 00002|PI1           A               0|SD  1.0 m|Hz 110.0849 DMS|V1 9 DMS|\n"
    b"For M5|Adr 00003|PI1           S               1|Y 0.0 m|X 0.0 m|Z 0.0 m|\n",
    "sdr": b"00NMSDR33  V04-04.02    01-Jan-26 08:00 111111\n10NMjob             121111\n"
    b"08CO           STLEV6594.36300000   15102.10600000  163.40300000    \n",
    "scr": b"A,SET4C,13194,5802,5406,E0\r\n"
    b"M,6.2.16,1,?,1.680,15,760,0.000,0.000,0.000,0,1,0,-30,0,0,0,0,0,0,1,0,E4\r\n"
    b"2,Ea,0000,?,0.085,0,7.244,102.3045,288.0705,4A\r\n",
    "nikon": b"CO,Nikon RAW data format V2.00\nST,1,,,,1.400,55.4500,55.4500\n"
    b"SS,5,1.218,363.344,328.032,30.105,07:14:57,TREE R\n",
    "geodimeter": b"2=P100\n23=2112\n3=0\n5=F1\n17=84.0459\n24=264.0449\n11=32.392\n",
}

NASTY = [
    b"nan",
    b"inf",
    b"-1e308",
    b"9" * 400,
    b"\0",
    b"\xff\xfe",
    b"&b;",
    b"<!DOCTYPE x>",
    b",",
    b"\n",
    b'"',
    b"-",
    b"*",
    b"[" * 50,
    "๙".encode(),
    "\u2028".encode(),
]


def balanced(file: FieldFile) -> None:
    """What holds of every file: nothing is dropped, everything says where it stands."""
    assert file.read == file.accepted + len(file.rejected)
    assert len(file.records) >= file.accepted
    assert all(1 <= r.line <= max(file.lines, 1) for r in file.rejected)
    assert all(1 <= record.line <= file.lines and record.raw for record in file.records)
    assert all(str(rejected.reason) for rejected in file.rejected)
    setups = {setup.number for setup in file.setups}
    for record in file.records:
        assert not isinstance(record, Reading) or record.setup in setups | {None}
    if file.format not in ("landxml", "gama", "geojson", "geodimeter"):
        # One piece a line: every line of the file is counted once.
        assert file.lines == file.read + sum(file.ignored.values())


def test_every_format_has_a_seed():
    assert SEEDS.keys() == FORMATS.keys()


@pytest.mark.parametrize("name", SEEDS)
def test_each_format_is_told_from_its_content(name):
    file = read_field_file("unnamed", SEEDS[name])
    assert file.format == name
    assert file.accepted > 0
    balanced(file)


@given(st.sampled_from(sorted(SEEDS)), st.data())
@settings(max_examples=400)
def test_damage_never_breaks_the_reader(name, data):
    content = bytearray(SEEDS[name])
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(content)))
        gone = data.draw(st.integers(0, 8))
        content[at : at + gone] = data.draw(
            st.sampled_from(NASTY) | st.binary(max_size=4) | st.just(bytes(content[at : at + 40]))
        )
    read_anyhow(name, bytes(content))


def read_anyhow(name: str, content: bytes) -> None:
    try:
        file = read_field_file("x", content, format=name)
    except FieldFileUnreadable:
        assert name == "csv"  # its first line gives no position
    else:
        balanced(file)


@given(
    st.sampled_from(sorted(FORMATS)),
    st.binary(max_size=300) | st.text(max_size=200).map(str.encode),
)
@settings(max_examples=200)
def test_any_bytes_are_read_as_any_format(name, content):
    read_anyhow(name, content)


@given(st.binary(max_size=300))
def test_what_cannot_be_told_is_refused(content):
    try:
        file = read_field_file("x", content)
    except FieldFileUnreadable:
        return
    balanced(file)


REAL = [
    "gnss/demo5_rover_first300.pos",
    "gnss/pynmeagps/pygpsdata-nmea4.log",
    "landxml/DP1178630p_V2.xml",
    "totalstation/leica/coords.gsi",
    "totalstation/trimble/m3/180416-1.m5",
    "totalstation/sdr33/20151125.sdr",
    "totalstation/sokia/1cs.scr",
    "totalstation/nikon/sample.raw",
    "totalstation/geodimeter/DT.job",
    "gama/gama-local.gkf",
]


@pytest.mark.sample_data
@pytest.mark.parametrize("path", REAL)
@given(data=st.data())
@settings(max_examples=15)
def test_a_damaged_real_file_is_read_as_far_as_it_goes(path, data):
    file: Path = SAMPLE_DATA / "survey" / path
    if not file.exists():
        pytest.skip(f"no sample data in {SAMPLE_DATA}; set CHANOT_SAMPLE_DATA")
    content = bytearray(file.read_bytes()[:20_000])
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 3))] = data.draw(st.sampled_from(NASTY))
    whole = read_field_file(file.name, file.read_bytes()).format
    balanced(read_field_file(file.name, bytes(content), format=whole))


LAUGHS = (
    b'<?xml version="1.0"?>\n<!DOCTYPE LandXML [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY a%d "%s">' % (i, b"&a;" * 10) for i in range(9))
    + b"]>\n<LandXML><CgPoint name='1'>&a8;</CgPoint></LandXML>"
)


@pytest.mark.parametrize(
    "content",
    [
        LAUGHS,
        b'<!DOCTYPE LandXML SYSTEM "http://example.invalid/x.dtd"><LandXML/>',
        b'<!DOCTYPE LandXML [<!ENTITY x SYSTEM "file:///etc/passwd">]><LandXML>&x;</LandXML>',
        b"<!DOCTYPE gama-local [<!ENTITY % p SYSTEM 'x'> %p;]><gama-local/>",
    ],
)
def test_a_document_type_is_refused_before_anything_expands(content):
    file = read_field_file("x.xml", content)
    assert [r.reason.code for r in file.rejected] == ["field_xml_forbidden"]
    assert file.records == ()


def test_an_entity_that_nobody_declared_is_broken_xml():
    file = read_field_file("x.xml", b"<LandXML><CgPoint name='1'>1 2</CgPoint>\n&x;</LandXML>")
    assert [(r.line, r.reason.code) for r in file.rejected] == [(2, "field_xml_broken")]
    assert len(file.points) == 1


def test_a_damaged_byte_in_xml_and_json_is_told():
    xml = b"<LandXML><CgPoint name='1'>1 2</CgPoint>\n<CgPoint name='\xff'>1 2</CgPoint></LandXML>"
    thai = "หมุดหลักเขต".encode()
    assert [
        r.line for r in read_field_file("x.xml", xml.replace(b"'1'", b"'%s'" % thai)).rejected
    ] == [2]
    damaged = SEEDS["geojson"].replace(b'"id":1', b'"id":"%s\xff"' % thai)
    file = read_field_file("x.json", damaged)
    assert [r.reason.code for r in file.rejected] == ["field_line_not_text"]


def test_depth_is_limited():
    xml = read_field_file("x.xml", b"<LandXML>" + b"<Parcel>" * 100_000)
    json = read_field_file("x.json", b'{"type":"FeatureCollection","features":[' + b"[" * 500_000)
    assert [r.reason.code for r in xml.rejected] == ["field_xml_broken"]
    assert [r.reason.code for r in json.rejected] == ["field_json_broken"]


def test_a_line_of_a_million_characters_costs_one_line():
    content = b"P1,1,2\n" + b"7" * 1_000_000 + b",1,2\nP3,1,2\n"
    file = read_field_file("p.txt", content)
    assert [(r.line, r.reason.code) for r in file.rejected] == [(2, "field_line_too_long")]
    assert len(file.rejected[0].text) == 500
    assert [point.point for point in file.points] == ["P1", "P3"]


def test_a_damaged_byte_costs_one_line_and_not_the_thai_of_the_others():
    lines = ["Name,N,E", *(f"หมุดหลักเขตที่{i},{i},2" for i in range(20))]
    content = "\n".join(lines).encode().replace(b"7,7,2", b"\xff,7,2")
    file = read_field_file("p.csv", content)
    assert file.encoding == "utf-8"
    assert [(r.line, r.reason.code) for r in file.rejected] == [(9, "field_line_not_text")]
    assert len(file.points) == 19
    assert file.points[0].point == "หมุดหลักเขตที่0"


def test_control_characters_cost_one_line():
    file = read_field_file("p.txt", b"P1,1,2\nP\x002,1,2\nP3,1,2\x1a\n\n")
    assert [(r.line, r.reason.code) for r in file.rejected] == [(2, "field_line_not_text")]
    assert file.ignored == {"blank": 1}


def test_a_file_beyond_the_limits_is_refused_whole():
    with pytest.raises(FieldFileUnreadable, match="50 MB"):
        read_field_file("big.pos", bytes(MAX_BYTES + 1))
    with pytest.raises(FieldFileUnreadable, match="1,000,000 lines"):
        read_field_file("long.txt", b"P1,1,2\n" + b"\n" * 1_000_001)
    with pytest.raises(FieldFileUnreadable, match="more than 100000 lines"):
        read_field_file("x.txt", b"P1,1,2\n" + b"x\n" * 100_001, format="pnezd")


def lines(*parts: tuple[bytes, int]) -> bytes:
    return b"".join(part * times for part, times in parts)


BLANKS = b" " * 9000
M5_SETUP, M5_SIGHT = SEEDS["m5"].splitlines(keepends=True)[::-1]
M5_HEIGHT = b"For M5|Adr 00006|TI  INPUT                      |ih          1.645 m   |  |  |\n"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("rtklib_pos", lines((b"%a" + BLANKS + b"x\n", 300))),
        ("geodimeter", lines((b"5=" + BLANKS + b"x\n", 300))),
        ("csv", b"Name,N,E," + b"(" * 4000 + b" " * 4000 + b"\n1,1,2\n"),
        ("m5", lines((M5_SETUP, 1), (M5_SIGHT, 8000), (M5_HEIGHT, 8000))),
        ("m5", lines((M5_SIGHT, 8000), (M5_SETUP, 8000))),
        ("landxml", b"<LandXML><CgPoint name='1'>" + b"1 " * 5_000_000 + b"</CgPoint></LandXML>"),
        (
            "landxml",
            b"<LandXML>" + b"<Parcel name='a'>" * 50 + b"<x/>" * 200_000 + b"</Parcel>" * 50,
        ),
    ],
)
def test_lines_made_to_be_slow_are_not(name, content):
    """Each took minutes, or memory by the gigabyte, with a careless pattern or a look back."""
    begun = time.process_time()
    balanced(read_field_file("x", content, format=name))
    assert time.process_time() - begun < 10


@pytest.mark.parametrize("name", ["no such", "PNEZD", ""])
def test_a_format_that_there_is_not_names_those_there_are(name):
    with pytest.raises(FieldFileUnreadable, match="rtklib_pos"):
        read_field_file("x", b"1,2,3", format=name)


@pytest.mark.parametrize("name", ["rtklib_pos", "nmea", "pnezd", "gsi", "landxml", "geojson"])
def test_time_grows_with_the_size_and_no_faster(name):
    seeds = {
        "landxml": (b"<LandXML>", b"<CgPoint name='A'>1 2 3</CgPoint>", b"</LandXML>"),
        "geojson": (
            b'{"type":"FeatureCollection","features":[17',
            b',{"type":"Feature","id":1,"geometry":{"type":"Point","coordinates":[1,2]}}',
            b"]}",
        ),
    }
    head, body, tail = seeds.get(name, (b"", SEEDS[name], b""))

    def seconds(times: int) -> float:
        best = 9e9
        for _ in range(3):
            begun = time.process_time()
            balanced(read_field_file("x", head + body * times + tail, format=name))
            best = min(best, time.process_time() - begun)
        return best

    assert seconds(4000) < 16 * max(seconds(500), 1e-3)  # eight times the size; square would be 64
