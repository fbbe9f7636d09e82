"""The few calls of GDAL's C interface that pyogrio does not offer. Runs in the reader child."""

from __future__ import annotations

import ctypes
from pathlib import Path

import pyogrio

from parcels.importing.layers import Geometry, Layer

_P = ctypes.c_void_p
_VECTOR = 0x04
_SIGNATURES: dict[str, tuple[object, list[object]]] = {
    "GDALGetDriverCount": (ctypes.c_int, []),
    "GDALGetDriver": (_P, [ctypes.c_int]),
    "GDALGetDriverShortName": (ctypes.c_char_p, [_P]),
    "GDALDeregisterDriver": (None, [_P]),
    "GDALOpenEx": (_P, [ctypes.c_char_p, ctypes.c_uint, _P, _P, _P]),
    "GDALClose": (ctypes.c_int, [_P]),
    "GDALDatasetGetLayerCount": (ctypes.c_int, [_P]),
    "GDALDatasetGetLayer": (_P, [_P, ctypes.c_int]),
    "OGR_L_GetName": (ctypes.c_char_p, [_P]),
    "OGR_L_GetLayerDefn": (_P, [_P]),
    "OGR_FD_GetGeomFieldCount": (ctypes.c_int, [_P]),
    "OGR_FD_GetGeomFieldDefn": (_P, [_P, ctypes.c_int]),
    "OGR_GFld_GetNameRef": (ctypes.c_char_p, [_P]),
    "OGR_GFld_GetType": (ctypes.c_int, [_P]),
}


def _library() -> ctypes.CDLL:
    """The libgdal that pyogrio brought and loaded, not one that the system may have as well."""
    folder = Path(pyogrio.__file__).parent.parent / "pyogrio.libs"
    library = ctypes.CDLL(str(next(folder.glob("libgdal*"))))
    for name, (result, arguments) in _SIGNATURES.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


_gdal = _library()


def keep_only(driver: str) -> None:
    """Deregister every driver but one; raises RuntimeError if another is left.

    GDAL decides by content which driver opens a file, whatever its name: an allow-list is the only
    way to keep out those that follow references to other files and hosts.
    """
    for i in reversed(range(_gdal.GDALGetDriverCount())):
        handle = _gdal.GDALGetDriver(i)
        if _gdal.GDALGetDriverShortName(handle).decode() != driver:
            _gdal.GDALDeregisterDriver(handle)
    left = [
        _gdal.GDALGetDriverShortName(_gdal.GDALGetDriver(i)).decode()
        for i in range(_gdal.GDALGetDriverCount())
    ]
    if left != [driver]:
        raise RuntimeError(f"drivers left: {left}")


def layers_of(path: Path) -> list[Layer]:
    """Every layer with all its geometry columns; OSError if the driver does not open the file."""
    dataset = _gdal.GDALOpenEx(str(path).encode(), _VECTOR, None, None, None)
    if not dataset:
        raise OSError("GDAL does not open it")
    try:
        count = min(_gdal.GDALDatasetGetLayerCount(dataset), 1_000)
        return [_layer(_gdal.GDALDatasetGetLayer(dataset, i)) for i in range(count)]
    finally:
        _gdal.GDALClose(dataset)


def _layer(handle: int) -> Layer:
    definition = _gdal.OGR_L_GetLayerDefn(handle)
    fields = [
        _gdal.OGR_FD_GetGeomFieldDefn(definition, i)
        for i in range(_gdal.OGR_FD_GetGeomFieldCount(definition))
    ]
    geometries = tuple(
        Geometry(
            (_gdal.OGR_GFld_GetNameRef(field) or b"").decode("utf-8", "replace"),
            int(_gdal.OGR_GFld_GetType(field)),
        )
        for field in fields
    )
    return Layer((_gdal.OGR_L_GetName(handle) or b"").decode("utf-8", "replace"), geometries)
