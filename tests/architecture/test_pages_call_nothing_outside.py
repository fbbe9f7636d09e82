"""A page is served by us alone, and its content policy has no hole: read from the sources.

Templates in a folder ``pdf/`` are laid out on the server and never sent to a browser.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ["appointments", "config", "offices", "parcels", "surveys", "taxmap", "tiles", "web"]

# A namespace is a name, not an address; a link is the reader's own choice.
NAMESPACE = re.compile(r"""https?://www\.w3\.org/[\w/.-]*""")
LINK = re.compile(r"""<a\b[^>]*\bhref=["']https://[^"']+["']""")
ADDRESS = re.compile(r"""(?:https?:|wss?:)?//[\w-]+\.[\w.-]+""", re.IGNORECASE)
COMMENTS = {
    ".css": re.compile(r"/\*.*?\*/", re.DOTALL),
    ".js": re.compile(r"/\*.*?\*/|(?<![:\"'`])//[^\n]*", re.DOTALL),
    ".html": re.compile(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}|<!--.*?-->", re.DOTALL),
}
INLINE = {
    "script without a file": re.compile(
        r"<script\b(?![^>]*\bsrc=)(?![^>]*\btype=[\"']application/(?:ld\+)?json[\"'])",
        re.IGNORECASE,
    ),
    "style element": re.compile(r"<style\b", re.IGNORECASE),
    "style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "event attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "javascript: address": re.compile(r"javascript:", re.IGNORECASE),
}
EVALUATED = re.compile(
    r"\beval\(|new Function\(|setAttribute\(\s*[\"']style[\"']|\.cssText\b|document\.write\("
)


def sources(*suffixes: str) -> list[Path]:
    found = []
    for room in ROOMS:
        for folder in ("templates", "static"):
            paths = (ROOT / room / folder).rglob("*")
            found += [p for p in paths if p.suffix in suffixes and "pdf" not in p.parts]
    return sorted(found)


def without_comments(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    comment = COMMENTS.get(path.suffix)
    return comment.sub("", text) if comment else text


def outside_addresses(text: str) -> list[str]:
    return ADDRESS.findall(LINK.sub("", NAMESPACE.sub("", text)))


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", sources(".html", ".css", ".js", ".svg", ".json"), ids=named)
def test_nothing_is_loaded_from_outside(path):
    assert outside_addresses(without_comments(path)) == []


@pytest.mark.parametrize("path", sources(".html", ".svg"), ids=named)
def test_no_script_or_style_stands_in_the_page(path):
    text = without_comments(path)
    assert [name for name, pattern in INLINE.items() if pattern.search(text)] == []


@pytest.mark.parametrize("path", sources(".js"), ids=named)
def test_scripts_evaluate_no_text_and_write_no_style_attribute(path):
    assert EVALUATED.findall(without_comments(path)) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('<script src="https://cdn.example.com/x.js"></script>', True),
        ('<link href="//fonts.example.com/css">', True),
        ("@import url(http://example.org/a.css)", True),
        ('fetch("https://example.org/api")', True),
        ('<svg xmlns="http://www.w3.org/2000/svg">', False),
        ('<a class="x" href="https://www.dol.go.th">', False),
        ('import { x } from "./x.js"; const a = b // c', False),
        ('<img src="data:image/svg+xml,x">', False),
    ],
)
def test_the_search_for_addresses_finds_what_it_must(text, found):
    assert bool(outside_addresses(text)) is found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<script>alert(1)</script>", True),
        ('<script type="module">', True),
        ('<script type="module" src="/x.js">', False),
        ('<script id="d" type="application/json">', False),
        ('<p class="a" style="color: red">', True),
        ("<button onclick='x()'>", True),
        ('<a href="javascript:void(0)">', True),
        ("<style>", True),
        ('<p data-style="x" class="on">', False),
    ],
)
def test_the_search_for_inline_code_finds_what_it_must(text, found):
    assert any(pattern.search(text) for pattern in INLINE.values()) is found
