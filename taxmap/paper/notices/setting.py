"""From letters to one PDF: one document, our type read once, the style parsed once a process."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

from django.template.loader import render_to_string
from django.utils import translation
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from taxmap.paper.notices.errors import NoticeRanOver
from taxmap.paper.notices.letter import Letter
from web.paper import FontsOnly, font_faces

STYLE: Final = Path(__file__).parent / "notices.css"


def notices_pdf(letters: Sequence[Letter]) -> tuple[bytes, int]:
    """The letters one after another as a PDF, and its number of pages.

    Raises `NoticeRanOver` when the pages are not those that the letters count: their page numbers
    would be wrong.
    """
    return pdf_of_html(notices_html(letters), sum(letter.pages for letter in letters))


def notices_html(letters: Sequence[Letter]) -> str:
    """The letters before they become a PDF, in the language of their batch."""
    language = letters[0].sender.language
    with translation.override(language):
        context = {"letters": letters, "language": language, "title": letters[0].kind.label}
        return render_to_string("taxmap/pdf/notices/document.html", context)


def pdf_of_html(html: str, pages: int) -> tuple[bytes, int]:
    """Lay one document out and count its pages."""
    style, fonts = type_and_style()
    fetcher = FontsOnly(allowed_protocols=["file"])
    document = HTML(string=html, url_fetcher=fetcher).render(stylesheets=[style], font_config=fonts)
    if len(document.pages) != pages:
        raise NoticeRanOver(planned=pages, printed=len(document.pages))
    return bytes(document.write_pdf()), pages


@cache
def type_and_style() -> tuple[CSS, FontConfiguration]:
    """Our type and the style of letters; both are made once in a process."""
    fonts = FontConfiguration()
    faces = "".join(
        f"@font-face{{font-family:Sarabun;font-weight:{face['weight']};src:url({face['url']!r})}}"
        for face in font_faces()
    )
    style = CSS(
        string=faces + STYLE.read_text(encoding="utf-8"), font_config=fonts,
        url_fetcher=FontsOnly(allowed_protocols=["file"]),
    )  # fmt: skip
    return style, fonts
