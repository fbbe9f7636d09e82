"""``import_parcels`` of a GeoPackage, against pyogrio straight into a bare table."""

from __future__ import annotations

import json
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import pyogrio

from bench.harness import SCRATCH, Bench, connect, fresh_database, manage, town_database
from config.demo.copying import copy_rows, fixed, raw_bytes, texts

PARCELS = 100_000
DATABASE = "bench_import"
OFFICE = "BENCH"
AN_OFFICE = f"""
from offices.models import LandOffice
LandOffice.objects.create(code="{OFFICE}", name_th="วัดผล", name_en="Benchmark", zone_srid=32647)
"""
FIELDS = ("land_number", "deed_number", "survey_page", "tax_parcel_code", "legal_area_m2")


def measure(bench: Bench) -> None:
    """The same file; ours checks every parcel and keeps its history."""
    parcels = min(PARCELS, bench.options.parcels)
    path = SCRATCH / "parcels.gpkg"
    rows = _write_file(town_database(parcels), path)
    bench.sizes |= {"parcels": rows, "file_mib": round(path.stat().st_size / 2**20, 1)}

    def ours() -> dict[str, Any]:
        fresh_database(DATABASE)
        manage(DATABASE, "shell", "--no-imports", "-v0", "-c", AN_OFFICE)
        began = perf_counter()
        told = json.loads(
            manage(DATABASE, "import_parcels", str(path), "--office", OFFICE, "--json")
        )
        spent = perf_counter() - began
        assert told["read"] == rows == told["imported"] + told["quarantined"], told
        counts = {
            key: told[key] for key in ("read", "imported", "quarantined", "reasons", "warnings")
        }
        bench.facts["import"] = counts
        return {"value": spent, "work_seconds": told["seconds"]}

    bench.compare("gpkg", "s", {"import_parcels": ours, "pyogrio_to_copy": lambda: _bare(path)})


def _write_file(database: str, path: Path) -> int:
    """The town's parcels as an office would send them: UTM, no topology, a table of attributes."""
    path.unlink(missing_ok=True)
    with connect(database) as connection:
        rows = connection.execute(
            """
            SELECT ST_AsBinary(ST_Transform(parcel.geometry, parcel.zone_srid)),
                   parcel.land_number, coalesce(title.deed_number, ''),
                   coalesce(title.survey_page::text, ''), parcel.tax_parcel_code,
                   parcel.legal_area_m2::float
            FROM parcels_parcel AS parcel
            LEFT JOIN parcels_baunit AS title ON title.id = parcel.ba_unit_id
            ORDER BY parcel.id
            """
        ).fetchall()
    geometry, *columns = zip(*rows, strict=True)
    pyogrio.raw.write(
        path,
        np.array(geometry, dtype=object),
        [np.array(column, dtype=object) for column in columns[:-1]]
        + [np.array([each or np.nan for each in columns[-1]], dtype=float)],
        fields=np.array(FIELDS, dtype=object),
        geometry_type="MultiPolygon",
        crs="EPSG:32647",
        layer="parcels",
    )
    return len(rows)


def _bare(path: Path) -> float:
    """Read all at once, COPY as it comes, then index and statistics; nothing is checked."""
    with connect(DATABASE) as connection:
        connection.execute("DROP TABLE IF EXISTS bare_parcel")
        connection.execute(
            "CREATE TABLE bare_parcel (geometry geometry(MultiPolygon, 32647),"
            " land_number text, deed_number text, survey_page text, tax_parcel_code text,"
            " legal_area_m2 float8)"
        )
        began = perf_counter()
        _meta, _fids, geometry, values = pyogrio.raw.read(path, columns=list(FIELDS))
        *words, areas = values
        head = (0x20000000 | 6).to_bytes(4, "little") + (32647).to_bytes(4, "little")
        columns = {"geometry": raw_bytes([wkb[:1] + head + wkb[5:] for wkb in geometry])}
        columns |= {name: texts(each) for name, each in zip(FIELDS, words, strict=False)}
        columns["legal_area_m2"] = fixed(areas, ">f8")
        with connection.transaction():
            copy_rows(connection, "bare_parcel", columns)
        connection.execute("CREATE INDEX ON bare_parcel USING gist (geometry)")
        connection.execute("ANALYZE bare_parcel")
        return perf_counter() - began
