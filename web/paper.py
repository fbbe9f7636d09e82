"""What every printed sheet shares: our type, true scales, and a PDF made of nothing else.

Sheets are laid out in millimetres; shapes are in metres of a UTM zone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from weasyprint import HTML, Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

FONTS: Final = Path(settings.BASE_DIR) / "node_modules" / "@expo-google-fonts" / "sarabun"
WEIGHTS: Final = {400: "400Regular", 600: "600SemiBold", 700: "700Bold"}
NICE: Final = tuple(m * 10**p for p in range(5) for m in (1, 2, 5))
BAR_MM: Final = 52
BAR_PARTS: Final = 4


class FontsOnly(URLFetcher):
    """A sheet is made of nothing but its own text, shapes and our type."""

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        if not url.startswith(FONTS.as_uri()) or "/.." in url:
            raise ValueError(f"a sheet does not fetch {url}")
        return super().fetch(url, headers)


def pdf_of(html: str) -> bytes:
    """The PDF of one HTML document, which can fetch nothing but our type."""
    document = HTML(string=html, url_fetcher=FontsOnly(allowed_protocols=["file"]))
    return bytes(document.write_pdf(font_config=FontConfiguration()))


def document_of(html: str) -> Document:
    """The pages of one HTML document, laid out but not written yet."""
    document = HTML(string=html, url_fetcher=FontsOnly(allowed_protocols=["file"]))
    return document.render(font_config=FontConfiguration())


def joined_pdf(documents: Sequence[Document]) -> bytes:
    """One PDF of the pages of several documents, in their order."""
    pages = [page for document in documents for page in document.pages]
    return bytes(documents[0].copy(pages).write_pdf())


def font_faces() -> list[dict[str, Any]]:
    """Weight and address of each cut of our type, for ``@font-face``."""
    return [
        {"weight": weight, "url": (FONTS / name / f"Sarabun_{name}.ttf").as_uri()}
        for weight, name in WEIGHTS.items()
    ]


@dataclass(frozen=True, slots=True)
class Frame:
    """The map on one sheet: its south-west corner in the zone, its size and its scale."""

    easting: float
    northing: float
    width_mm: float
    height_mm: float
    scale: int

    @property
    def width_m(self) -> float:
        return self.width_mm * self.scale / 1000

    @property
    def height_m(self) -> float:
        return self.height_mm * self.scale / 1000

    def to_paper(self, easting: float, northing: float) -> tuple[float, float]:
        """Millimetres right of the left edge and below the upper edge of the map."""
        per_mm = self.scale / 1000
        return (
            (easting - self.easting) / per_mm,
            self.height_mm - (northing - self.northing) / per_mm,
        )

    def holds(self, box: tuple[float, float, float, float]) -> bool:
        """Whether any of a box (west, south, east, north) lies on this map."""
        west, south, east, north = box
        return (
            west < self.easting + self.width_m
            and east > self.easting
            and south < self.northing + self.height_m
            and north > self.northing
        )


def scale_bar_m(scale: int) -> int:
    """Length of the scale bar in metres: the greatest round number within 52 mm of paper."""
    return max(step for step in NICE if step * 1000 / scale <= BAR_MM)


def scale_bar(scale: int) -> dict[str, Any]:
    """The scale bar: four equal parts, and its length on paper."""
    metres = scale_bar_m(scale)
    length = metres * 1000 / scale
    parts = [{"x": f"{n * length / BAR_PARTS:.3f}", "dark": n % 2 == 0} for n in range(BAR_PARTS)]
    return {
        "metres": metres, "half": f"{metres / 2:g}", "length_mm": f"{length:.3f}",
        "part_mm": f"{length / BAR_PARTS:.3f}", "parts": parts,
    }  # fmt: skip
