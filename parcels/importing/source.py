"""A stranger's file, made ready: copied into a folder of our own, recognised, hashed."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cadastre.errors import gettext_noop
from parcels.importing.archive import safe_name, unpack
from parcels.importing.encoding import as_utf8, encoding_of_dbf
from parcels.importing.errors import FileTooLarge, FileUnreadable, LayerNeeded, UnsupportedFile
from parcels.importing.sniff import DATASET_EXTENSIONS, Format, format_of, packing_of

LARGEST_FILE: Final = 1_000 * 10**6
_SHAPEFILE_PARTS: Final = (".shp", ".shx", ".dbf", ".prj", ".cpg")


@dataclass(frozen=True, slots=True)
class Source:
    """A dataset ready to be read: ``path`` is in our folder, ``sha256`` is of the file as given."""

    path: Path
    name: str
    format: Format
    sha256: str
    encoding: str
    packed: bool


@contextmanager
def source_of(
    file: Path, *, name: str = "", layer: str = "", encoding: str = "", limit: int = LARGEST_FILE
) -> Iterator[Source]:
    """The dataset of a file or archive, in a private folder that is gone afterwards.

    ``layer`` chooses among several shapefiles of an archive. Raises the refusals of
    `parcels.importing.errors`; FileNotFoundError if there is no file.
    """
    name = name or file.name
    if not file.is_file():
        raise FileNotFoundError(f"There is no file {file}.")
    if file.stat().st_size > limit:
        raise FileTooLarge(limit_mb=limit // 10**6)
    with tempfile.TemporaryDirectory(prefix="chanot-import-") as folder:
        yield _prepare(file, name, Path(folder), layer, encoding)


def _prepare(file: Path, name: str, folder: Path, layer: str, encoding: str) -> Source:
    packing = packing_of(file, name)
    if packing is None:
        found = format_of(file, name)
        parts = _companions(file) if found is Format.SHAPEFILE else [file]
        files = [_copied(part, folder / safe_name(part.name)) for part in parts]
        sha256 = _hash(parts)
    else:
        files = unpack(file, packing, folder, name)
        sha256 = _hash([file])
    path = _dataset(files, name, layer)
    found = format_of(path, path.name)
    if found is Format.SHAPEFILE and not _part(path, ".shx"):
        raise FileUnreadable(driver=found.driver, reason=gettext_noop("the .shx file is missing"))
    text = _encoding(path, found, encoding)
    return Source(path, name, found, sha256, text, packed=packing is not None)


def _companions(shp: Path) -> list[Path]:
    """The parts of a shapefile that stand beside it, whatever the case of their extension."""
    beside = {
        path.suffix.lower(): path
        for path in sorted(shp.parent.iterdir())
        if path.stem == shp.stem and path.suffix.lower() in _SHAPEFILE_PARTS and path.is_file()
    }
    beside[".shp"] = shp
    return [beside[suffix] for suffix in _SHAPEFILE_PARTS if suffix in beside]


def _copied(file: Path, target: Path) -> Path:
    shutil.copyfile(file, target)
    return target


def _hash(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        with file.open("rb") as opened:
            while chunk := opened.read(2**20):
                digest.update(chunk)
    return digest.hexdigest()


def _dataset(files: list[Path], name: str, layer: str) -> Path:
    """The one dataset among the files; several shapefiles are the layers of an archive."""
    found = [path for path in files if path.suffix in DATASET_EXTENSIONS]
    if any(path.suffix == ".shp" for path in found):
        # .xml beside a shapefile is metadata.
        found = [path for path in found if path.suffix == ".shp"]
    chosen = [path for path in found if path.stem == layer] if len(found) > 1 else found
    if len(chosen) == 1:
        return chosen[0]
    if len(found) > 1:
        raise LayerNeeded(layers=", ".join(sorted(path.stem for path in found)))
    raise UnsupportedFile(name=name, reason=gettext_noop("there is no dataset in it"))


def _part(path: Path, suffix: str) -> Path | None:
    part = path.with_suffix(suffix)
    return part if part.is_file() else None


def _encoding(path: Path, found: Format, asked: str) -> str:
    """The encoding of the text; JSON and GML in another are made UTF-8 in place."""
    if found is Format.SHAPEFILE:
        dbf = _part(path, ".dbf")
        return encoding_of_dbf(dbf, _part(path, ".cpg"), asked) if dbf else "UTF-8"
    if found in {Format.GEOJSON, Format.TOPOJSON, Format.GML}:
        return as_utf8(path, asked, xml=found is Format.GML)
    return "ISO8859-1" if found is Format.EDIGEO else "UTF-8"
