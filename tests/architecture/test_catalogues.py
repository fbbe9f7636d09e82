"""Every visible string is in Thai too: nothing untranslated, nothing forgotten."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
ROOMS = [
    "appointments",
    "cadastre",
    "config",
    "offices",
    "parcels",
    "surveys",
    "taxmap",
    "tiles",
    "web",
]
CATALOGUE = Path("locale", "th", "LC_MESSAGES", "django.po")
LEFT_OUT = shutil.ignore_patterns("__pycache__", "static", "migrations", "*.mo", "parameters")
VALUE = re.compile(r"\{\w*[^{}]*\}|%\(\w+\)s")


def catalogue_of(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def messages(path: Path) -> list[Message]:
    return [message for message in catalogue_of(path) if message.id] if path.exists() else []


def key(message: Message) -> str:
    """What the program looks up: context and original."""
    text = message.id if isinstance(message.id, str) else message.id[0]
    return f"{message.context}|{text}" if message.context else text


def translations(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


@pytest.mark.parametrize("room", ROOMS)
def test_every_message_has_its_thai(room):
    wanting = [
        key(message)
        for message in messages(ROOT / room / CATALOGUE)
        if message.fuzzy or not all(text.strip() for text in translations(message))
    ]
    assert not wanting, "without Thai:\n" + "\n".join(wanting)


@pytest.mark.parametrize("room", ROOMS)
def test_both_languages_name_the_same_values(room):
    """A value that one language lacks is lost; one that it invents fails when it is shown."""
    for message in messages(ROOT / room / CATALOGUE):
        original = message.id if isinstance(message.id, str) else message.id[-1]
        for text in translations(message):
            assert set(VALUE.findall(text)) == set(VALUE.findall(original)), key(message)


def test_one_original_has_one_thai_word():
    """All catalogues are merged into one: of two Thai words the page shows any, the wrong one too.

    Where the meanings differ, the special one takes a context (``pgettext``) or says more.
    """
    thai: dict[str, dict[str, list[str]]] = {}
    for room in ROOMS:
        for message in messages(ROOT / room / CATALOGUE):
            if not message.fuzzy:
                words = thai.setdefault(key(message), {})
                words.setdefault(translations(message)[0], []).append(room)
    torn = [
        f"{original}: " + "; ".join(f"{word} ({', '.join(at)})" for word, at in words.items())
        for original, words in thai.items()
        if len(words) > 1
    ]
    assert not torn, "more than one Thai:\n" + "\n".join(torn)


@pytest.fixture(scope="module")
def _xgettext() -> None:
    if shutil.which("xgettext") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("xgettext is missing; install the package gettext")
        pytest.skip("no xgettext here; install the package gettext")


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.usefixtures("_xgettext")
def test_no_string_of_the_code_is_missing_from_the_catalogue(room, tmp_path):
    copy = tmp_path / room
    shutil.copytree(ROOT / room, copy, ignore=LEFT_OUT)
    fresh = copy / CATALOGUE
    known = {key(message) for message in messages(fresh)}
    shutil.rmtree(copy / "locale", ignore_errors=True)
    (copy / "locale").mkdir()
    environment = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
    subprocess.run(
        [sys.executable, "-m", "django", "makemessages", "-l", "th", "--no-location", "--no-wrap"],
        cwd=copy,
        env=environment,
        check=True,
        capture_output=True,
    )
    used = {key(message) for message in messages(fresh)}
    missing = sorted(used - known)
    assert not missing, "not in the catalogue:\n" + "\n".join(missing)
