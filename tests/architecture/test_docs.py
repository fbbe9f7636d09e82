"""The documentation tells of this checkout: its links, commands and settings are there."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/**/*.md"))]
SETTINGS = ROOT / "docs" / "operations" / "settings.md"
LINK = re.compile(r"\]\(\s*([^)\s]+)(?:\s+\"[^\"]*\")?\s*\)")
HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def anchors_of(page: Path) -> set[str]:
    """The names that a heading can be linked by: lower case, words joined by hyphens."""
    headings = HEADING.findall(page.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


def targets_of(page: Path) -> list[str]:
    prose = CODE.sub("", page.read_text(encoding="utf-8"))
    return [each for each in LINK.findall(prose) if not re.match(r"[a-z]+:", each)]


def commands_of_run() -> set[str]:
    """What ``./run`` hands on, read from its own list."""
    listed = re.search(r"^ +([a-z |]+)\) \"command_", (ROOT / "run").read_text(), re.MULTILINE)
    assert listed, "run no longer lists its commands where this test looks"
    return {*listed[1].replace("|", " ").split(), "help"}


@each_page
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in targets_of(page):
        path, _, anchor = unquote(target).partition("#")
        goal = (page.parent / path) if path else page
        assert goal.exists(), target
        assert ROOT in goal.resolve().parents, target
        assert not anchor or anchor in anchors_of(goal), target


@each_page
def test_every_command_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    of_run, of_django = commands_of_run(), set(get_commands())
    assert set(re.findall(r"\./run ([a-z]+)", text)) <= of_run
    named = re.findall(r"(?:manage\.py|\./run manage) ([a-z][a-z0-9_]+)", text)
    assert set(named) <= of_django


def test_every_setting_is_described() -> None:
    described = set(re.findall(r"^\| `(\w+)`", SETTINGS.read_text(encoding="utf-8"), re.MULTILINE))
    code = (ROOT / "config" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r"(?:env_flag|environ\.get|getenv)\(\s*\"(CHANOT_\w+)\"", code))
    read |= set(re.findall(r"\"(CHANOT_\w+)\" in os\.environ", code))
    assert len(read) > 10
    assert read <= described


def test_every_setting_described_is_read() -> None:
    described = set(re.findall(r"^\| `(CHANOT_\w+)`", SETTINGS.read_text(), re.MULTILINE))
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "config").glob("*.py"))
    assert {each for each in described if f'"{each}"' not in code} == set()


def test_every_page_is_linked_from_another() -> None:
    linked = {
        (page.parent / unquote(target).partition("#")[0]).resolve()
        for page in PAGES
        for target in targets_of(page)
        if not target.startswith("#")
    }
    assert {page for page in PAGES if "docs" in page.parts} - linked == set()
