"""Two questions ./run asks about the web server's address: is it free, and does it answer?

server.py free HOST PORT         exit 0 when it can be bound; else 1, printing a free port
server.py wait URL PID SECONDS   exit 0 when URL answers 200; 1 when PID ended or time is up
"""

from __future__ import annotations

import os
import socket
import sys
import time
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener


def can_bind(host: str, port: int) -> bool:
    """Tell whether a server may listen on this address now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port_after(host: str, port: int) -> int:
    """Give the next port that can be bound, for the advice in the message."""
    return next(candidate for candidate in range(port + 1, 65536) if can_bind(host, candidate))


def answers(url: str) -> bool:
    """Ask once, without any proxy; only a 200 counts."""
    try:
        with build_opener(ProxyHandler({})).open(url, timeout=5) as response:
            return bool(response.status == 200)
    except (URLError, OSError):
        return False


def is_running(pid: int) -> bool:
    """Tell whether the process exists; one that has ended but is not yet collected does not."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as stat:  # noqa: PTH123
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait(url: str, pid: int, seconds: float) -> bool:
    """Ask until the server answers, its process ends or the time is up."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and is_running(pid):
        if answers(url):
            return True
        time.sleep(0.1)
    return False


def main(arguments: list[str]) -> int:
    """Answer with the exit status; see the module's text."""
    match arguments:
        case ["free", host, port]:
            if can_bind(host, int(port)):
                return 0
            sys.stdout.write(f"{free_port_after(host, int(port))}\n")
            return 1
        case ["wait", url, pid, seconds]:
            return 0 if wait(url, int(pid), float(seconds)) else 1
    sys.stderr.write(__doc__ or "")
    return os.EX_USAGE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
