"""Which reader a file needs, and how results are told in the terms of its format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cadastre.adjustment.errors import NetworkFileUnreadable
from cadastre.adjustment.network import Network
from cadastre.adjustment.observations import Matrix
from cadastre.adjustment.reading.axes import Axes
from cadastre.adjustment.reading.dnatext import is_dna_text, read_dna_text
from cadastre.adjustment.reading.dynaml import read_dynaml
from cadastre.adjustment.reading.gama import read_gama
from cadastre.adjustment.reading.xml import Element, read_xml
from cadastre.adjustment.result import Adjustment

MOST_BYTES: Final = 256 * 2**20


@dataclass(frozen=True, slots=True)
class NetworkFile:
    """A network as read, and what its format calls x, y and sigma zero."""

    network: Network
    format: str
    axes: Axes | None = None

    def sigma0(self, adjustment: Adjustment) -> float | None:
        """Sigma zero as the format's own program tells it: Gama in units of ``sigma-apr``,
        DynAdjust the variance factor."""
        if adjustment.sigma0 is None:
            return None
        if self.format == "gama":
            return adjustment.sigma0 * self.network.sigma_apriori
        return adjustment.sigma0**2

    def coordinates(self, adjustment: Adjustment, point: str) -> tuple[float, float, float]:
        """x, y, z along the axes of the file."""
        x, y, z = adjustment.coordinates(point)
        if self.axes is not None:
            x, y = self.axes.x_y(x, y)
        return x, y, z

    def covariance(self, adjustment: Adjustment, point: str) -> Matrix:
        """3×3 along the axes of the file, m²."""
        own = adjustment.covariance_xyz(point)
        return own if self.axes is None else self.axes.turned(own)


def read_network(paths: Sequence[Path]) -> NetworkFile:
    """One ``.gkf``, or the station and measurement files of DynAdjust (XML or text).

    Raises `NetworkFileUnreadable` and OSError.
    """
    contents = [(path.name, _bytes(path)) for path in paths]
    texts = [is_dna_text(data) for _, data in contents]
    if texts and all(texts):
        return NetworkFile(read_dna_text(contents), "dynaml")
    roots = [read_xml(data, name) for name, data in contents]
    kinds = {root.tag for root in roots}
    if kinds == {"gama-local"} and len(roots) == 1:
        network, axes = read_gama(roots[0])
        return NetworkFile(network, "gama", axes)
    if kinds == {"DnaXmlFormat"}:
        return NetworkFile(read_dynaml(roots), "dynaml")
    raise _strange(roots)


def _bytes(path: Path) -> bytes:
    if path.stat().st_size > MOST_BYTES:
        raise NetworkFileUnreadable(place=path.name, reason="the file is larger than 256 MiB")
    return path.read_bytes()


def _strange(roots: list[Element]) -> NetworkFileUnreadable:
    return NetworkFileUnreadable(
        place=", ".join(root.file for root in roots) or "no file",
        reason="give one GNU Gama network (.gkf), or station and measurement files of DynAdjust",
    )
