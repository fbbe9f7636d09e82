"""Book without pause over HTTP, note every answer, and later ask whether each promise was kept.

    bookings.py book URL FILE    book until the times are full or the service has been back for 3 s
    bookings.py check URL FILE   ask for every booking; exit 1 when one is lost or made twice

Every line of FILE is one attempt: its key and body, and the token, or null when no answer came.
An attempt without an answer is repeated with its key: it must end as one booking, not two.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

CLIENTS = 4
LONGEST_S = 60
NO_ANSWER = 0
_opener = build_opener(ProxyHandler({}))


def ask(url: str, body: Any = None, *, key: str = "") -> tuple[int, Any]:
    """Give status and JSON of one request; status 0 when the answer never came."""
    headers = {"Content-Type": "application/json"} | ({"Idempotency-Key": key} if key else {})
    data = None if body is None else json.dumps(body).encode()
    try:
        with _opener.open(Request(url, data, headers), timeout=10) as response:  # noqa: S310
            return response.status, json.load(response)
    except HTTPError as error:
        return error.code, None
    except (URLError, OSError, ValueError):
        return NO_ANSWER, None


def free_slots(url: str) -> list[str]:
    """Every bookable time of the next weeks, once per free place."""
    _, offered = ask(f"{url}api/appointments/offices")
    first = date.today()  # noqa: DTZ011
    last = first + timedelta(days=21)
    places = []
    for office in offered["offices"]:
        for service in office["services"]:
            question = {"office": office["code"], "service": service["code"]}
            query = urlencode(question | {"from": first.isoformat(), "to": last.isoformat()})
            _, found = ask(f"{url}api/appointments/slots?{query}")
            for slot in found["slots"]:
                places += [slot["id"]] * slot["remaining"]
    return places


def attempt(url: str, slot: str) -> dict[str, Any]:
    """Try to book one place; a refusal by the service is an answer too."""
    phone = f"08{secrets.randbelow(10**8):08d}"
    body = {"slot": slot, "name": "ผู้ทดสอบ", "phone": phone}
    key = secrets.token_urlsafe(24)
    status, answer = ask(f"{url}api/appointments", body, key=key)
    return {"key": key, "body": body, "status": status, "token": answer and answer["token"]}


def book(url: str, file: Path) -> int:
    """Book with several clients at once, through the outage and 3 s beyond it."""
    places = free_slots(url)
    lock, deadline = threading.Lock(), time.monotonic() + LONGEST_S
    outage, back = threading.Event(), [0.0]

    def client() -> None:
        while time.monotonic() < deadline:
            with lock:
                if not places or (back[0] and time.monotonic() > back[0] + 3):
                    return
                slot = places.pop()
            tried = attempt(url, slot)
            with lock:
                if tried["status"] not in {201, 409}:
                    outage.set()
                elif tried["status"] == 201 and outage.is_set() and not back[0]:
                    back[0] = time.monotonic()
                with file.open("a", encoding="utf-8") as notes:
                    notes.write(json.dumps(tried) + "\n")
            time.sleep(0.02 if tried["token"] else 0.2)

    with ThreadPoolExecutor(CLIENTS) as pool:
        for done in [pool.submit(client) for _ in range(CLIENTS)]:
            done.result()
    return 0


def check(url: str, file: Path) -> int:
    """Ask for each promised booking, and repeat each attempt by its key."""
    attempts = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    promised = [tried for tried in attempts if tried["token"]]
    unknown = [tried for tried in attempts if tried["status"] not in {201, 409}]
    lost = [t for t in promised if ask(f"{url}api/appointments/{t['token']}")[0] != 200]
    again = [ask(f"{url}api/appointments", t["body"], key=t["key"])[1] for t in promised]
    doubled = [t for t, answer in zip(promised, again, strict=True)
               if answer is not None and answer["token"] != t["token"]]  # fmt: skip
    settled = [ask(f"{url}api/appointments", t["body"], key=t["key"])[0] for t in unknown]
    result = {
        "attempts": len(attempts),
        "promised": len(promised),
        "without_answer": len(unknown),
        "settled_by_repeating": sum(status in {201, 409} for status in settled),
        "lost": len(lost),
        "doubled": len(doubled),
    }
    sys.stdout.write(json.dumps(result) + "\n")
    kept = promised and unknown and not lost and not doubled
    return 0 if kept and result["settled_by_repeating"] == len(unknown) else 1


def main(arguments: list[str]) -> int:
    """Book or check; see the module's text."""
    match arguments:
        case ["book", url, file]:
            return book(url, Path(file))
        case ["check", url, file]:
            return check(url, Path(file))
    sys.stderr.write(__doc__ or "")
    return os.EX_USAGE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
