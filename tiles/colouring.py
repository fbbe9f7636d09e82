"""From the bands of an image to the red, green, blue and alpha that a map shows.

docs/algorithms/imagery.md states each rule. Runs in the import's child process, without Django.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from rasterio.enums import ColorInterp
from rasterio.windows import Window, intersection

from cadastre.errors import gettext_noop

BLOCK_PIXELS = 1024
SAMPLE_PIXELS = 1024
# Light falls from the north-west, half way up, as on every shaded map.
SUN_AZIMUTH_DEG, SUN_ALTITUDE_DEG = 315.0, 45.0
METRES_PER_DEGREE = 111_320.0

Floats = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]
Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Rendering:
    """Which bands are shown (one for grey, three for red, green, blue), and how.

    ``stretch`` gives, for each band, the values that become black and white; None shows the values
    as they are. ``shaded`` draws a surface model as a relief instead. ``palette`` maps values to
    colours.
    """

    bands: tuple[int, ...]
    stretch: tuple[Range, ...] | None = None
    shaded: bool = False
    palette: dict[int, tuple[int, int, int, int]] | None = None


class BandsUnusable(ValueError):
    """The bands asked for are not there or cannot be shown."""


def rendering_of(
    source: Any, bands: Sequence[int] | None, stretch: Sequence[Range] | None, *, shaded: bool
) -> Rendering:
    """Decide how an open dataset is shown; what was asked for goes before what it says itself."""
    chosen = tuple(bands) if bands else _usual_bands(source)
    if len(chosen) not in {1, 3}:
        raise BandsUnusable(gettext_noop("an image is shown from one band or from three"))
    if not all(1 <= band <= source.count for band in chosen):
        raise BandsUnusable(gettext_noop("there is no band of that number"))
    types = {np.dtype(source.dtypes[band - 1]) for band in chosen}
    if any(kind.kind not in "uif" for kind in types):
        raise BandsUnusable(gettext_noop("complex numbers have no colour"))
    if shaded:
        if len(chosen) != 1:
            raise BandsUnusable(gettext_noop("a relief is drawn from one band of heights"))
        return Rendering(chosen, shaded=True)
    if stretch:
        return Rendering(chosen, _given(stretch, len(chosen)))
    if source.colorinterp[chosen[0] - 1] is ColorInterp.palette:
        return Rendering(chosen, palette=source.colormap(chosen[0]))
    if types == {np.dtype("uint8")}:
        return Rendering(chosen)
    return Rendering(chosen, _percentiles(source, chosen))


def _given(stretch: Sequence[Range], count: int) -> tuple[Range, ...]:
    ranges = tuple(stretch) * (count if len(stretch) == 1 else 1)
    if len(ranges) != count:
        raise BandsUnusable(gettext_noop("give one stretch for all bands or one for each"))
    if not all(np.isfinite(pair).all() and pair[0] < pair[1] for pair in ranges):
        raise BandsUnusable(gettext_noop("a stretch runs from a smaller to a larger number"))
    return ranges


def _usual_bands(source: Any) -> tuple[int, ...]:
    """Red, green, blue where the file names them; else the first three; else the first."""
    meanings = list(source.colorinterp)
    named = [ColorInterp.red, ColorInterp.green, ColorInterp.blue]
    if all(meaning in meanings for meaning in named):
        return tuple(meanings.index(meaning) + 1 for meaning in named)
    colours = [i for i, m in enumerate(meanings, 1) if m is not ColorInterp.alpha]
    return tuple(colours[:3]) if len(colours) >= 3 else tuple(colours[:1])


def _percentiles(source: Any, bands: tuple[int, ...]) -> tuple[Range, ...]:
    """The 2nd and 98th percentile of each band, over a thinned copy."""
    largest = max(source.width, source.height)
    scale = min(1.0, SAMPLE_PIXELS / largest)
    shape = (max(1, round(source.height * scale)), max(1, round(source.width * scale)))
    ranges: list[Range] = []
    for band in bands:
        values = source.read(band, out_shape=shape, masked=True).astype("float64")
        known = values.compressed()
        known = known[np.isfinite(known)]
        low, high = np.percentile(known, [2, 98]) if known.size else (0.0, 1.0)
        ranges.append((float(low), float(high) if high > low else float(low) + 1.0))
    return tuple(ranges)


def coloured_blocks(source: Any, rendering: Rendering) -> Iterator[tuple[Window, Bytes]]:
    """Every window of an open dataset with its colours, shape (4, rows, columns), uint8."""
    whole = Window(0, 0, source.width, source.height)
    for row in range(0, source.height, BLOCK_PIXELS):
        for column in range(0, source.width, BLOCK_PIXELS):
            block = Window(column, row, BLOCK_PIXELS, BLOCK_PIXELS)
            window = intersection(block, whole)
            yield window, _coloured(source, rendering, window, whole)


def _coloured(source: Any, rendering: Rendering, window: Window, whole: Window) -> Bytes:
    bands = list(rendering.bands)
    valid = source.dataset_mask(window=window) > 0
    if rendering.shaded:
        grey, known = _relief(source, bands[0], window, whole)
        return _with_alpha([grey], valid & known)
    values = source.read(bands, window=window)
    if values.dtype.kind == "f":
        valid &= np.isfinite(values).all(axis=0)
    if rendering.palette is not None:
        return _from_palette(values[0], rendering.palette, valid)
    if rendering.stretch is None:
        return _with_alpha(list(np.clip(values, 0, 255).astype("uint8")), valid)
    pairs = zip(values, rendering.stretch, strict=True)
    return _with_alpha([_stretched(band, *between) for band, between in pairs], valid)


def _stretched(band: npt.NDArray[Any], low: float, high: float) -> Bytes:
    share = (np.nan_to_num(band.astype("float64")) - low) / (high - low)
    painted: Bytes = np.round(np.clip(share, 0, 1) * 255).astype("uint8")
    return painted


def _with_alpha(colours: list[Bytes], valid: npt.NDArray[np.bool_]) -> Bytes:
    """Three colours and alpha; what is not there is transparent black."""
    painted = np.stack([*(colours if len(colours) == 3 else colours * 3), valid * np.uint8(255)])
    painted[:, ~valid] = 0
    return painted.astype("uint8")


def _from_palette(
    values: npt.NDArray[Any], palette: dict[int, tuple[int, int, int, int]],
    valid: npt.NDArray[np.bool_],
) -> Bytes:  # fmt: skip
    table = np.zeros((max(palette) + 2, 4), "uint8")
    for value, colour in palette.items():
        table[value] = colour
    painted: Bytes = np.moveaxis(table[np.clip(values, 0, len(table) - 1)], -1, 0).copy()
    painted[:, ~valid] = 0
    return painted


def _relief(
    source: Any, band: int, window: Window, whole: Window
) -> tuple[Bytes, npt.NDArray[np.bool_]]:
    """Hillshade of a window, from heights with one pixel around it, and where it is known."""
    around = intersection(
        Window(window.col_off - 1, window.row_off - 1, window.width + 2, window.height + 2), whole
    )
    heights = source.read(band, window=around, masked=True).astype("float64").filled(np.nan)
    if min(heights.shape) < 2:
        raise BandsUnusable(gettext_noop("a relief needs at least two rows and two columns"))
    metres = METRES_PER_DEGREE if source.crs.is_geographic else 1.0
    across, down = abs(source.transform.a) * metres, abs(source.transform.e) * metres
    to_south, to_east = np.gradient(heights, down, across)
    azimuth, altitude = np.radians(SUN_AZIMUTH_DEG), np.radians(SUN_ALTITUDE_DEG)
    # The surface's normal (-dz/east, -dz/north, 1) against the direction of the sun.
    light = (
        np.sin(altitude)
        + np.cos(altitude) * (-to_east * np.sin(azimuth) + to_south * np.cos(azimuth))
    ) / np.sqrt(1 + to_east**2 + to_south**2)
    top, left = int(window.row_off - around.row_off), int(window.col_off - around.col_off)
    inner = light[top : top + int(window.height), left : left + int(window.width)]
    known = np.isfinite(inner)
    return _stretched(inner, 0.0, 1.0), known
