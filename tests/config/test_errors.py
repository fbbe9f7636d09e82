"""Every failure becomes one kind of answer, in the reader's language, with the next step."""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections.abc import Iterator

import pytest
from django.test import Client, RequestFactory
from django.utils import translation

import appointments
import cadastre
import config
import offices
import parcels
import surveys
import taxmap
import tiles
import web
from cadastre.errors import InvalidInput, LandError
from config.answers import error_page, problem_of, server_error
from config.errors import STATUS, status_of
from config.wording import TITLES

ROOMS = [cadastre, web, tiles, offices, parcels, surveys, taxmap, appointments, config]


def every_error() -> Iterator[type[LandError]]:
    for room in ROOMS:
        for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            if ".migrations" not in module.name and not module.name.endswith("_child"):
                importlib.import_module(module.name)
    pending = [LandError]
    while pending:
        kind = pending.pop()
        yield kind
        pending.extend(kind.__subclasses__())


def test_every_code_has_its_status() -> None:
    codes = {kind.code for kind in every_error() if not kind.__module__.startswith("tests")}
    assert codes <= set(STATUS), f"add to config/errors.py: {sorted(codes - set(STATUS))}"
    assert set(STATUS.values()) <= set(TITLES)


def test_invalid_input_names_the_field() -> None:
    error = InvalidInput(path=("properties", 0, "land", "rai"), reason="it is negative")
    answer = problem_of(error)
    body = json.loads(answer.content)
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert body["code"] == "invalid_input"
    assert body["errors"][0]["field"] == "properties[0].land.rai"


def test_an_unlisted_refinement_takes_the_status_of_its_parent() -> None:
    class Refined(InvalidInput):
        code = "refined_for_this_test"

    assert status_of(Refined(path=("x",), reason="y")) == 422


@pytest.mark.parametrize("status", [400, 403, 404, 413, 422, 500])
@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.django_db
def test_error_pages_say_what_to_do(rf: RequestFactory, status: int, language: str) -> None:
    request = rf.get("/nowhere", HTTP_ACCEPT="text/html")
    with translation.override(language):
        page = error_page(request, status=status, detail="the reason")
    text = page.content.decode()
    assert page.status_code == status
    assert "the reason" in text
    assert ("ลองใหม่" in text) or ("try again" in text.lower()) or status in {403, 404, 413, 422}


def test_the_last_resort_needs_no_database(rf: RequestFactory) -> None:
    page = server_error(rf.get("/nowhere", HTTP_ACCEPT="text/html"))
    assert page.status_code == 500
    assert "<html" in page.content.decode()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"a": 1', 400),
        (b"[" * 100_000, 400),
        (b'{"tax_year": 2026, "tax_year": 2025}', 400),
        (b'{"tax_year": NaN}', 400),
        (b'{"tax_year": Infinity}', 400),
        (b'{"owner": "\\ud800"}', 400),
        (b'{"owner": "\\u0000"}', 400),
        (b"\xff\xfe", 400),
        (b"", 400),
        (b"[]", 422),
        (b'"text"', 422),
        (b'{"tax_year": 1e400}', 422),
        (b'{"tax_year": 9223372036854775808}', 422),
        (b'{"surprise": true}', 422),
        (b" " * 3_000_000, 413),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_nasty_bodies_get_a_problem_document(client: Client, body: bytes, status: int) -> None:
    answer = client.post("/api/tax/estimate", body, content_type="application/json")
    assert answer.status_code == status, answer.content[:300]
    assert answer["Content-Type"] == "application/problem+json"
    assert json.loads(answer.content)["status"] == status


def test_an_unknown_address_of_the_interface_is_a_problem_document(client: Client) -> None:
    answer = client.get("/api/nothing-here")
    assert answer.status_code == 404
    assert json.loads(answer.content)["code"] == "not_found"


def test_the_interface_says_how_it_fails(client: Client) -> None:
    schema = json.loads(client.get("/api/openapi.json").content)
    assert "Problem" in schema["components"]["schemas"]
    operations = [op for path in schema["paths"].values() for op in path.values()]
    assert operations
    for operation in operations:
        assert "application/problem+json" in operation["responses"]["default"]["content"]
