"""Our server as it is served, and a small bounded client that keeps it busy over loopback."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from multiprocessing import get_context
from typing import Any
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from bench.harness import ROOT, SCRATCH, environment

HOST = "127.0.0.1"
PROCESSES = 4
ANSWER_WITHIN_S = 30
LONGEST_ANSWER = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Load:
    """What many clients saw together."""

    seconds: float
    statuses: dict[int, int]
    body_bytes: int
    latencies_ms: list[float]

    def figures(self, *, good: tuple[int, ...] = (200,)) -> dict[str, Any]:
        """Answers a second (only of ``good`` status), latency, and every status with its count."""
        done = sum(count for status, count in self.statuses.items() if status in good)
        slow = sorted(self.latencies_ms) or [0.0]
        return {
            "value": done / self.seconds,
            "p50_ms": round(slow[len(slow) // 2], 2),
            "p99_ms": round(slow[min(len(slow) - 1, len(slow) * 99 // 100)], 2),
            "statuses": self.statuses,
            "mean_bytes": round(self.body_bytes / max(1, sum(self.statuses.values()))),
        }


def request(method: str, path: str, body: Any = None, **headers: str) -> bytes:
    """The bytes of one request; ``body`` is sent as JSON, ``_`` in a header's name is ``-``."""
    content = b"" if body is None else json.dumps(body).encode()
    lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}", "Accept-Encoding: gzip"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if content:
        lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


def hammer(
    port: int,
    requests: Sequence[bytes],
    *,
    clients: int,
    seconds: float = 60,
    once: bool = False,
) -> Load:
    """Send the requests with so many clients, each on one kept connection.

    Ends after ``seconds``; with ``once``, also when each request was sent once.
    """
    shares = [requests[at::clients] for at in range(clients)]
    processes = min(clients, PROCESSES)
    groups = [shares[at::processes] for at in range(processes)]
    began = time.perf_counter()
    with ProcessPoolExecutor(processes, mp_context=get_context("fork")) as pool:
        parts = [pool.submit(_clients, port, group, seconds, once) for group in groups]
        found = [part.result() for part in parts]
    spent = max(each[0] for each in found) if found else time.perf_counter() - began
    statuses: Counter[int] = Counter()
    for each in found:
        statuses.update(each[1])
    latencies = [ms for each in found for ms in each[3]]
    return Load(spent, dict(statuses), sum(each[2] for each in found), latencies)


def _clients(
    port: int,
    shares: Sequence[Sequence[bytes]],
    seconds: float,
    once: bool,  # noqa: FBT001
) -> tuple[float, Counter[int], int, list[float]]:
    """One process: a thread for each share."""
    statuses: Counter[int] = Counter()
    latencies: list[float] = []
    sizes: list[int] = []
    began = time.perf_counter()
    deadline = began + seconds

    def client(share: Sequence[bytes]) -> None:
        with socket.create_connection((HOST, port), timeout=ANSWER_WITHIN_S) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for each in share if once else cycle(share):
                at = time.perf_counter()
                if at > deadline:
                    return
                connection.sendall(each)
                status, size = _answer(connection)
                latencies.append((time.perf_counter() - at) * 1000)
                statuses[status] += 1
                sizes.append(size)

    threads = [threading.Thread(target=client, args=[share]) for share in shares if share]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began, statuses, sum(sizes), latencies


def _answer(connection: socket.socket) -> tuple[int, int]:
    """Read one answer with a Content-Length or none; status and size of the body."""
    data = b""
    while (end := data.find(b"\r\n\r\n")) < 0:
        received = connection.recv(65536)
        if not received:
            raise ConnectionError("the server closed the connection")
        data += received
    head = data[:end].lower()
    status = int(head[9:12])
    at = head.find(b"content-length:")
    if at < 0 and status not in {204, 304}:
        raise ConnectionError("an answer without a length")
    length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
    if length > LONGEST_ANSWER:
        raise ConnectionError("an answer too long")
    left = length - (len(data) - end - 4)
    while left > 0:
        received = connection.recv(min(left, 1 << 20))
        if not received:
            raise ConnectionError("the server closed the connection")
        left -= len(received)
    return status, length


def once(port: int, path: str) -> tuple[int, bytes]:
    """Ask once and keep the body: to look at an answer before it is measured."""
    with build_opener(ProxyHandler({})).open(f"http://{HOST}:{port}{path}", timeout=30) as answer:
        return answer.status, answer.read()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def server(database: str) -> Iterator[int]:
    """Our service, by ``./run serve``, on this database; gives its port."""
    port = free_port()
    extra = {
        "HOST": HOST, "PORT": str(port), "CHANOT_HTTPS": "0", "CHANOT_DEBUG": "0",
        "CHANOT_HOSTS": HOST, "PROMETHEUS_MULTIPROC_DIR": str(SCRATCH / "metrics"),
    }  # fmt: skip
    command = [str(ROOT / "run"), "serve"]
    with _running(command, environment(database) | extra, port, "/healthz"):
        yield port


@contextmanager
def hello(application: str) -> Iterator[int]:
    """A bare application of ``bench.hello`` under granian, started the same way; gives its port."""
    port = free_port()
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--host", HOST,
        "--port", str(port), "--workers", os.environ.get("WEB_WORKERS", "2"),
        "--blocking-threads", os.environ.get("WEB_THREADS", "4"), f"bench.hello:{application}",
    ]  # fmt: skip
    with _running(command, dict(os.environ), port, "/"):
        yield port


@contextmanager
def _running(command: list[str], env: dict[str, str], port: int, path: str) -> Iterator[None]:
    SCRATCH.mkdir(parents=True, exist_ok=True)
    log = SCRATCH / f"server-{port}.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=env, stdout=output, stderr=output, start_new_session=True
        )
    try:
        _wait(process, port, path, log.read_text)
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        log.unlink()


def _wait(process: subprocess.Popen[bytes], port: int, path: str, told: Any) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if once(port, path)[0] == 200:
                return
        except (URLError, OSError):
            time.sleep(0.2)
    raise SystemExit(f"The server did not start:\n{told()[-2000:]}")
