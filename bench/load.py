"""Our server as it is served, and a small bounded client that keeps it busy over loopback."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
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
# Seconds, and of each answer its status, the size of its body and how long it took (ms).
Seen = tuple[float, list[tuple[int, int, float]]]


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
    per_second: float = 0,
    processes: int = PROCESSES,
) -> Load:
    """Send the requests with so many clients, each on one kept connection.

    Ends after ``seconds``; with ``once``, also when each request was sent once. With ``per_second``
    they send so many together rather than as many as they can;
    how long an answer took counts from when its request was due.
    """
    shares = [requests[at::clients] for at in range(clients)]
    processes = min(clients, processes)
    pause = clients / per_second if per_second else 0.0
    groups = [shares[at::processes] for at in range(processes)]
    context = get_context("spawn")
    together, told = context.Barrier(processes), context.Queue()
    started = [
        context.Process(
            target=_process,
            args=[
                partial(_clients, port, group, seconds, once=once, pause=pause),
                together,
                told,
            ],
        )
        for group in groups
    ]
    for process in started:
        process.start()
    found = [told.get(timeout=seconds + 2 * ANSWER_WITHIN_S) for _ in started]
    for process in started:
        process.join()
    if failed := [each for each in found if isinstance(each, str)]:
        raise SystemExit(f"A client failed: {failed[0]}")
    answers = [answer for _spent, part in found for answer in part]
    return Load(
        seconds=max(spent for spent, _part in found),
        statuses=dict(Counter(status for status, _size, _ms in answers)),
        body_bytes=sum(size for _status, size, _ms in answers),
        latencies_ms=[ms for _status, _size, ms in answers],
    )


def _process(work: Callable[[], Seen], together: Any, told: Any) -> None:
    """One process of clients: starts with the others, then tells what it saw, or its failure."""
    together.wait(ANSWER_WITHIN_S)
    try:
        told.put(work())
    except (OSError, ValueError) as error:
        told.put(f"{type(error).__name__}: {error}")


def _clients(
    port: int, shares: Sequence[Sequence[bytes]], seconds: float, *, once: bool, pause: float
) -> Seen:
    """A thread for each share; the first failure of one is raised."""
    answers: list[tuple[int, int, float]] = []
    began = time.perf_counter()
    deadline = began + seconds

    def client(number: int, share: Sequence[bytes]) -> None:
        due = began + pause * number / max(1, len(shares))
        with socket.create_connection((HOST, port), timeout=ANSWER_WITHIN_S) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for each in share if once else cycle(share):
                at = time.perf_counter()
                if at > deadline:
                    return
                if pause:
                    time.sleep(max(0.0, due - at))
                    at, due = due, due + pause
                connection.sendall(each)
                answers.append((*_answer(connection), (time.perf_counter() - at) * 1000))

    busy = [share for share in shares if share]
    with ThreadPoolExecutor(max(1, len(busy))) as pool:
        for done in [pool.submit(client, *numbered) for numbered in enumerate(busy)]:
            done.result()
    return time.perf_counter() - began, answers


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
def server(database: str, **more: str) -> Iterator[int]:
    """Our service, by ``./run serve``, on this database; gives its port. ``more`` environment."""
    port = free_port()
    extra = more | {
        "HOST": HOST, "PORT": str(port), "CHANOT_HTTPS": "0", "CHANOT_DEBUG": "0",
        "CHANOT_HOSTS": HOST, "PROMETHEUS_MULTIPROC_DIR": str(SCRATCH / "metrics"),
    }  # fmt: skip
    command = [str(ROOT / "run"), "serve"]
    with _running(command, environment(database) | extra, port, "/healthz"):
        yield port


@contextmanager
def hello(application: str, *, database: str = "", factory: bool = False) -> Iterator[int]:
    """A bare application of a module here under granian, started the same way; gives its port."""
    port = free_port()
    module = application if ":" in application else f"bench.hello:{application}"
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--host", HOST,
        "--port", str(port), "--workers", os.environ.get("WEB_WORKERS", "2"),
        "--blocking-threads", os.environ.get("WEB_THREADS", "4"), module,
        *(["--factory"] if factory else []),
    ]  # fmt: skip
    env = environment(database) if database else dict(os.environ)
    with _running(command, env, port, "/"):
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
