from __future__ import annotations

import gettext
import os

import pytest
from django.core.management import CommandError, call_command

from web.management.commands import compile_catalogues

CATALOGUE = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"

msgid "Map"
msgstr "แผนที่"
"""


@pytest.fixture
def catalogue(tmp_path, settings):
    settings.BASE_DIR = tmp_path
    source = tmp_path / "room" / "locale" / "th" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(CATALOGUE, encoding="utf-8")
    os.utime(source, (1, 1))
    return source


def compiled(capsys) -> str:
    call_command("compile_catalogues")
    return capsys.readouterr().out.split()[0]


def test_only_what_changed_is_compiled_and_always_to_the_same_bytes(catalogue, capsys):
    assert compiled(capsys) == "1"
    target = catalogue.with_suffix(".mo")
    first = target.read_bytes()
    with target.open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Map") == "แผนที่"

    assert compiled(capsys) == "0"
    os.utime(catalogue)
    os.utime(target, (1, 1))
    assert compiled(capsys) == "1"
    assert target.read_bytes() == first


@pytest.mark.parametrize(
    "fault", ["nonsense", 'msgid "%(a)s plots"\nmsgstr "%(b)s แปลง"', 'msgid "a"\nmsgstr[0 "x"']
)
def test_a_broken_catalogue_is_named(catalogue, fault):
    catalogue.write_text(f"{CATALOGUE}\n{fault}\n", encoding="utf-8")
    with pytest.raises(CommandError, match="room/locale"):
        call_command("compile_catalogues", force=True)
    assert not list(catalogue.parent.glob("*.partial"))
    assert not catalogue.with_suffix(".mo").exists()


def test_every_room_with_a_catalogue_is_found():
    paths = compile_catalogues.catalogues(compile_catalogues.settings.BASE_DIR)
    found = {path.parts[-5] for path in paths}
    assert "web" in found
