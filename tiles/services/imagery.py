"""Imagery becomes a layer of the map: checked from its header, worked on in a child, registered."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import date, datetime
from hashlib import file_digest
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.gis.geos import Polygon
from django.db import transaction

from tiles.errors import (
    ImageryBandsUnusable,
    ImageryDamaged,
    ImageryNotGeoreferenced,
    ImageryTooHard,
    LayerNameUnusable,
    QualityUnusable,
)
from tiles.geotiff import header_check
from tiles.models import RasterLayer

WALL_SECONDS = 6 * 3600
LOSSLESS = 100

Range = tuple[float, float]


def imagery_import(
    *,
    path: Path,
    name: str,
    now: datetime,
    title_th: str = "",
    title_en: str = "",
    attribution: str = "",
    captured_on: date | None = None,
    bands: Sequence[int] | None = None,
    stretch: Sequence[Range] | None = None,
    shaded: bool = False,
    quality: int | None = None,
    is_public: bool = True,
) -> RasterLayer:
    """Serve a GeoTIFF at /tiles/raster/<name>/; the file at ``path`` is only read.

    ``bands`` are 1-based, one or three; ``stretch`` gives the values that become black and white,
    once or for each band; ``shaded`` draws heights as a relief; ``quality`` is WebP's, 1 to 99, or
    100 for no loss (by default 90 for photographs, 100 for one band). The same file with the same
    wishes is not worked on twice: only titles, date and visibility follow. Another file takes the
    place of the former.

    Raises LayerNameUnusable, QualityUnusable, or an ImageryRefused that says what is wrong with
    the file.
    """
    wishes = _wishes(name=name, bands=bands, stretch=stretch, shaded=shaded, quality=quality)
    header_check(path)
    told = {
        "title_th": title_th or name,
        "title_en": title_en or title_th or name,
        "attribution": attribution,
        "captured_on": captured_on,
        "is_public": is_public,
    }
    folder = Path(settings.IMAGERY_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".import-", dir=folder) as work:
        source = Path(work) / "source.tif"
        # Copied alone, so that no file beside it (.aux.xml, .ovr, .msk) has a say, and judged
        # again, because the original may have changed since.
        shutil.copyfile(path, source)
        try:
            header_check(source)
            digest = _sha256(source)
            if layer := _unchanged(name, digest, wishes, told):
                return layer
            result = _in_child(source, wishes)
        except Exception as error:
            _name_the_file(error, path.name)
            raise
        found = {
            "source_sha256": digest,
            "source_srid": result["crs"][:40],
            "bounds": Polygon.from_bbox(result["bounds"]),
            "min_zoom": result["min_zoom"],
            "max_zoom": result["max_zoom"],
            "rendering": result["rendering"] | {"wishes": wishes},
            "created_at": now,
        }
        return _register(Path(work) / "layer.tif", name, told | found)


def _wishes(
    *, name: str, bands: Sequence[int] | None, stretch: Sequence[Range] | None, shaded: bool,
    quality: int | None,
) -> dict[str, Any]:  # fmt: skip
    """What was asked for, in the form that JSON gives back."""
    usable = name.replace("-", "").replace("_", "")
    if not (usable.isascii() and usable.isalnum() and len(name) <= 60):
        raise LayerNameUnusable(path=("name",), name=name)
    if quality is not None and not 1 <= quality <= LOSSLESS:
        raise QualityUnusable(path=("quality",))
    return {
        "bands": list(bands) if bands else None,
        "stretch": [list(map(float, pair)) for pair in stretch] if stretch else None,
        "shaded": shaded,
        "quality": quality,
    }


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _unchanged(
    name: str, digest: str, wishes: dict[str, Any], told: dict[str, Any]
) -> RasterLayer | None:
    """The layer of that name, if this very image was made into it with the same wishes."""
    layer = RasterLayer.objects.filter(name=name, source_sha256=digest).first()
    if layer is None or layer.rendering.get("wishes") != wishes:
        return None
    if not (Path(settings.IMAGERY_DIR) / layer.file_name).is_file():
        return None
    for field, value in told.items():
        setattr(layer, field, value)
    layer.save(update_fields=[*told])
    return layer


def _in_child(source: Path, wishes: dict[str, Any]) -> dict[str, Any]:
    """Have the image made cloud-optimised where it can neither hang nor eat this process."""
    order = wishes | {"source": str(source), "folder": str(source.parent)}
    root = str(settings.BASE_DIR)
    environment = {
        "PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONPATH": root, "TMPDIR": str(source.parent),
        "OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip
    command = [sys.executable, "-m", "tiles.imagery_child"]
    try:
        done = subprocess.run(  # noqa: S603 - our own module, no shell
            command, input=json.dumps(order), capture_output=True, text=True, cwd=root,
            env=environment, timeout=WALL_SECONDS, start_new_session=True, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise ImageryTooHard(file=source.name) from None
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        raise ImageryTooHard(file=source.name) from None
    if "refused" in answer:
        raise _refusal(source.name, answer)
    return answer


def _refusal(file: str, answer: dict[str, Any]) -> Exception:
    reason = answer["reason"]
    match answer["refused"]:
        case "bands":
            return ImageryBandsUnusable(file=file, reason=reason, count=answer["count"])
        case "place":
            return ImageryNotGeoreferenced(file=file, reason=reason)
        case "hard":
            return ImageryTooHard(file=file)
    return ImageryDamaged(file=file, reason=reason)


def _name_the_file(error: Exception, name: str) -> None:
    """Errors found on the copy speak of the file that the person knows."""
    evidence = getattr(error, "evidence", {})
    if "file" in evidence:
        evidence["file"] = name


def _register(made: Path, name: str, fields: dict[str, Any]) -> RasterLayer:
    """Put the file in its place, then the row; the file before the last goes."""
    folder = Path(settings.IMAGERY_DIR)
    file_name = f"{name}-{_sha256(made)[:16]}.tif"
    made.chmod(0o640)
    made.replace(folder / file_name)
    with transaction.atomic():
        former = RasterLayer.objects.select_for_update().filter(name=name).first()
        kept = {file_name, former.file_name if former else file_name}
        layer, _ = RasterLayer.objects.update_or_create(
            name=name,
            defaults=fields | {"file_name": file_name},
        )
        # A request that read the former row a moment ago still finds its file.
        transaction.on_commit(lambda: _remove_others(folder, name, kept))
    return layer


def _remove_others(folder: Path, name: str, kept: set[str]) -> None:
    for path in folder.glob(f"{name}-{'[0-9a-f]' * 16}.tif"):
        if path.name not in kept:
            path.unlink(missing_ok=True)
