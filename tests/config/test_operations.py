"""Health, readiness, metrics and logs."""

from __future__ import annotations

import logging

import pytest
from django.test import Client, RequestFactory

from config.logs import without_addresses, without_row_contents


def test_alive_needs_no_database(client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}


@pytest.mark.django_db
def test_ready_names_the_postgis_it_found(client: Client) -> None:
    answer = client.get("/readyz").json()
    assert answer["status"] == "ok"
    assert answer["postgis"][0].isdigit()


def test_metrics_are_for_this_machine_only(client: Client) -> None:
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.1").status_code == 404
    assert client.get("/metrics", HTTP_X_FORWARDED_FOR="127.0.0.1").status_code == 404


def test_metrics_open_with_the_token(client: Client, settings: pytest.FixtureRequest) -> None:
    settings.METRICS_TOKEN = "a-token"  # type: ignore[attr-defined]
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", HTTP_AUTHORIZATION="Bearer a-token").status_code == 200


def test_the_log_never_holds_an_address(rf: RequestFactory) -> None:
    record = logging.LogRecord("django.request", logging.ERROR, "", 0, "Error: %s", ("/x",), None)
    record.request = rf.get("/appointments/a-secret-token/")  # type: ignore[attr-defined]
    event = without_addresses(None, "", {"_record": record, "event": "Error: /a-secret-token"})
    assert "a-secret-token" not in str(event["event"])


def test_the_log_never_holds_a_row_of_the_database() -> None:
    text = (
        "Traceback (most recent call last):\n  File x\n"
        'psycopg.errors.NotNullViolation: null value in column "slot_id"\n'
        "DETAIL:  Failing row contains (1, สมชาย ใจดี, 0812345678).\n"
    )
    event = without_row_contents(None, "", {"exception": text})
    assert "สมชาย" not in event["exception"]
    assert "NotNullViolation" in event["exception"]
