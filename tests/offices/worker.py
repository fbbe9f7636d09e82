"""The real worker, in this process."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector


def work_off_the_queue(queue: str = "jobs") -> None:
    """Do every waiting job, then come back. Needs tests with real transactions.

    In a thread of its own: browser tests leave an event loop in the main one.
    """

    def work() -> None:
        connector = app.connector
        assert isinstance(connector, DjangoConnector)
        try:
            with app.replace_connector(connector.get_worker_connector()):
                app.run_worker(queues=[queue], wait=False, install_signal_handlers=False)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=1) as threads:
        threads.submit(work).result()
