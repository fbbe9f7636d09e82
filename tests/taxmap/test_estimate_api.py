"""POST /api/tax/estimate, as a program outside sees it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from cadastre.tax.trace import recompute
from taxmap.api import EXAMPLE


def ask(client: Client, question: Any, **headers: str) -> Any:
    return client.post(
        "/api/tax/estimate", json.dumps(question), content_type="application/json", headers=headers
    )


def test_the_example_is_explained(client: Client) -> None:
    answer = ask(client, EXAMPLE)
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert body["tax"] == "382.80"
    line = body["lines"][0]
    assert line["value"] == "1914000.00"
    assert line["slices"] == [
        {"from": "0.00", "to": "1914000.00", "rate": "0.0002", "tax": "382.80"}
    ]
    assert all(step["th"] and step["en"] and step["reference"] for step in line["steps"])


def test_it_needs_neither_account_nor_token_nor_database() -> None:
    answer = ask(Client(enforce_csrf_checks=True), EXAMPLE)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"tax_year": 2569}, "tax_year"),
        ({"owner": "nobody"}, "owner"),
        ({"properties": []}, "properties"),
        ({"surprise": 1}, "surprise"),
        ({"properties": [EXAMPLE["properties"][0] | {"land": None}]}, "properties[0].land"),
        (
            {"properties": [EXAMPLE["properties"][0] | {"land": {"rai": 1, "price_per_wa": 1.5}}]},
            "properties[0].land.price_per_wa",
        ),
        (
            {"properties": [EXAMPLE["properties"][0] | {"years_vacant": 4}]},
            "properties[0].years_vacant",
        ),
    ],
)
def test_wrong_input_names_the_field(client: Client, change: Any, field: str) -> None:
    answer = ask(client, EXAMPLE | change)
    problem = answer.json()
    assert answer.status_code == 422, problem
    assert answer["Content-Type"] == "application/problem+json"
    assert field in {error["field"] for error in problem["errors"]}


def test_the_answer_speaks_the_language_asked_for(client: Client) -> None:
    question = EXAMPLE | {"owner": "nobody"}
    thai, english = (
        ask(client, question, **{"Accept-Language": language}).json()["errors"][0]["message"]
        for language in ("th", "en")
    )
    assert english.isascii()
    assert any("\u0e00" <= letter <= "\u0e7f" for letter in thai)


def test_the_interface_is_described(client: Client) -> None:
    document = client.get("/api/openapi.json").json()
    body = document["paths"]["/api/tax/estimate"]["post"]["requestBody"]
    schema = body["content"]["application/json"]["schema"]
    assert set(schema["required"]) == {"tax_year", "owner", "properties"}
    assert "$ref" not in json.dumps(schema)


def test_the_trace_of_the_example_can_be_recomputed(client: Client) -> None:
    answer = client.post(
        "/api/tax/trace", json.dumps(EXAMPLE), content_type="application/json"
    )  # fmt: skip
    assert answer.status_code == 200, answer.content
    assert answer.json()["tax"] == "382.80"
    assert recompute(answer.json()) == []
    wrong = json.dumps(EXAMPLE | {"owner": "nobody"})
    refused = client.post("/api/tax/trace", wrong, content_type="application/json")
    assert refused.status_code == 422


PAGE = {
    "tax_year": "2026", "owner": "individual",
    "property": ["0", "1"], "p0-building": "0", "p1-building": "0",
    "p0-kind": "land", "p0-use": "other", "p0-appraised_value": "50000000",
    "p1-kind": "land", "p1-use": "other", "p1-appraised_value": "50000000",
}  # fmt: skip


@pytest.mark.django_db
def test_the_page_saves_the_calculation_as_a_file(client: Client) -> None:
    saved = client.post("/tax/estimate/", PAGE | {"do": "trace", "p1-adjoins": "on"})
    assert saved["Content-Disposition"] == 'attachment; filename="tax-2026.json"'
    trace = saved.json()
    assert trace["tax"] == "350000.00"
    assert [line["place"] for line in trace["lines"]] == ["property-1", "property-2"]
    assert recompute(trace) == []


@pytest.mark.django_db
def test_a_wrong_page_is_shown_again_instead_of_a_file(client: Client) -> None:
    shown = client.post("/tax/estimate/", PAGE | {"do": "trace", "p1-appraised_value": "much"})
    assert shown["Content-Type"].startswith("text/html")
    assert b"data-error-summary" in shown.content


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("more", "tax"),
    [
        ({}, "300,000.00"),
        ({"p1-adjoins": "on"}, "350,000.00"),
        ({"p0-use": "agriculture", "p1-use": "agriculture", "p1-possessed": "on"}, "5,000.00"),
    ],
)
def test_the_page_knows_adjoining_land_and_land_of_the_state(
    client: Client, more: dict[str, str], tax: str
) -> None:
    shown = client.post("/tax/estimate/", PAGE | more, headers={"Accept-Language": "en"})
    assert f'<p class="figure">{tax}' in shown.content.decode()
