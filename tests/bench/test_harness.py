"""The measuring itself: fair turns, honest figures, a client that counts right."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bench import harness
from bench.harness import Bench, Options
from bench.load import hammer, request


class Echo(BaseHTTPRequestHandler):
    """409 for every third body, 201 otherwise."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        number = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["n"]
        self.send_response(409 if number % 3 == 0 else 201)
        self.send_header("content-length", "100000")
        self.end_headers()
        self.wfile.write(b"x" * 100_000)

    def log_message(self, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def port() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def a_bench(rounds: int = 3) -> Bench:
    return Bench("test", Options(parcels=1, rounds=rounds, seconds=1))


def test_contestants_take_turns_in_reversed_order() -> None:
    seen: list[str] = []
    figures = iter([10.0, 2.0, 4.0, 30.0, 20.0, 8.0])

    def contestant(name: str) -> float:
        seen.append(name)
        return next(figures)

    bench = a_bench()
    bench.compare("case", "s", {"ours": lambda: contestant("a"), "limit": lambda: contestant("b")})
    assert "".join(seen) == "abbaab"
    assert bench.rounds["case"] == {"ours": [10.0, 30.0, 20.0], "limit": [2.0, 4.0, 8.0]}


def test_the_result_has_medians_and_ratios_beside_the_raw_rounds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(harness, "RESULTS", tmp_path)
    monkeypatch.setattr(harness, "machine", lambda: {"cores": 1})
    bench = a_bench(rounds=1)
    bench.compare("case", "s", {"ours": lambda: {"value": 6.0, "p99_ms": 1}, "limit": lambda: 2.0})
    written = json.loads(bench.write().read_text())
    assert written["medians"] == {"case": {"ours": 6.0, "limit": 2.0}}
    assert written["ratios"] == {"case": {"limit": 3.0}}
    assert written["rounds"]["case"]["ours"] == [{"value": 6.0, "p99_ms": 1}]


@pytest.mark.parametrize("clients", [1, 7])
def test_each_request_is_sent_once_and_only_good_answers_count(port: int, clients: int) -> None:
    requests = [request("POST", "/", {"n": n}) for n in range(30)]
    load = hammer(port, requests, clients=clients, seconds=20, once=True)
    assert load.statuses == {201: 20, 409: 10}
    assert load.body_bytes == 30 * 100_000
    assert load.figures(good=(201,))["value"] == pytest.approx(20 / load.seconds)


def test_a_turn_ends_in_time(port: int) -> None:
    load = hammer(port, [request("POST", "/", {"n": 1})], clients=1, seconds=0.3)
    assert 0.2 < load.seconds < 5
    assert load.statuses[201] > 1


def test_paced_requests_come_no_faster_than_they_are_due(port: int) -> None:
    requests = [request("POST", "/", {"n": 1})] * 4
    load = hammer(port, requests, clients=4, seconds=2, per_second=10, processes=1)
    # Each of the four clients may have one under way when the time is up.
    assert 10 <= sum(load.statuses.values()) <= 24
