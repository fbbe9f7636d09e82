"""Acts that start at one moment, each in a thread and on a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection

Act = Callable[[], Any]
PATIENCE_S = 30


def race(acts: Sequence[Act]) -> list[Any]:
    """Start all acts at one moment; give what each returned or raised, in their order."""
    start = threading.Barrier(len(acts))
    outcomes: list[Any] = [None] * len(acts)

    def run(number: int, act: Act) -> None:
        try:
            start.wait(PATIENCE_S)
            outcomes[number] = act()
        except Exception as error:  # noqa: BLE001 -- the tests look at every outcome
            outcomes[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
        assert not thread.is_alive(), "somebody waits for ever"
    return outcomes
