"""The thin way in: the same answers as through Django, with Django left out."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from typing import Any

import pytest
from django.db import connection
from django.test import Client, RequestFactory

from tests.factories import a_parcel
from tests.tiles.conftest import address, tile_at
from tiles.wsgi import tiles_first

WHERE = address("parcels", tile_at(100.4702, 13.8702, 17))


class Server:
    """Calls the wrapped service as a server would, and notes what was left to Django."""

    def __init__(self) -> None:
        self.left_to_django: list[str] = []
        self.status = ""
        self.headers: dict[str, str] = {}

    def django(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.left_to_django.append(environ["PATH_INFO"])
        start_response("200 OK", [])
        return [b"django"]

    def get(self, path: str, method: str = "GET", **headers: str) -> bytes:
        environ = RequestFactory().generic(method, path, **headers).environ

        def start_response(status: str, answered: list[tuple[str, str]]) -> None:
            self.status, self.headers = status, dict(answered)

        return b"".join(tiles_first(self.django)(environ, start_response))


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.mark.django_db
def test_the_thin_way_answers_as_django_does(server: Server, client: Client) -> None:
    a_parcel()
    for headers in ({}, {"HTTP_ACCEPT_ENCODING": "gzip"}):
        thin = server.get(WHERE, **headers)
        whole = client.get(WHERE, **headers)  # type: ignore[arg-type]
        assert thin == whole.content
        assert thin
        for name in ("ETag", "Cache-Control", "Content-Type", "Vary"):
            assert server.headers[name] == whole[name]
        assert server.headers["X-Content-Type-Options"] == "nosniff"
        assert server.headers["Content-Length"] == str(len(thin))
    assert server.left_to_django == []


@pytest.mark.django_db
def test_known_content_is_not_sent_again(server: Server) -> None:
    a_parcel()
    server.get(WHERE)
    assert server.get(WHERE, HTTP_IF_NONE_MATCH=server.headers["ETag"]) == b""
    assert server.status == "304 Not Modified"
    assert server.get(WHERE, method="HEAD") == b""
    assert server.status == "200 OK"
    assert int(server.headers["Content-Length"]) > 0


@pytest.mark.django_db
def test_impossible_tiles_reach_neither_django_nor_the_database(
    server: Server, django_assert_num_queries: Any
) -> None:
    for path in ("/tiles/parcels/32/0/0.mvt", "/tiles/parcels/2/9/0.mvt", "/tiles/x.php"):
        with django_assert_num_queries(0):
            server.get(path)
        assert server.status == "404 Not Found"
        assert "public" in server.headers["Cache-Control"]
    assert server.left_to_django == []


@pytest.mark.django_db
def test_what_depends_on_the_viewer_is_left_to_django(server: Server) -> None:
    others = ["/tiles/survey_points/16/0/0.mvt", "/tiles/parcels.json", "/", "/api/parcels"]
    for path in others:
        assert server.get(path) == b"django"
    assert server.get("/tiles/parcels/16/0/0.mvt", method="POST") == b"django"
    assert server.left_to_django == [*others, "/tiles/parcels/16/0/0.mvt"]


@pytest.mark.django_db
def test_what_fails_is_left_to_django(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tiles.vector.statement_of", lambda _: "SELECT 1 / 0")
    assert server.get(WHERE) == b"django"


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_the_server_closed_is_opened_anew(server: Server) -> None:
    a_parcel()
    before = server.get(WHERE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [backend])
    other.close()
    assert server.get(WHERE) == before
    assert gzip.decompress(server.get(WHERE, HTTP_ACCEPT_ENCODING="gzip")) == before
    assert server.left_to_django == []
