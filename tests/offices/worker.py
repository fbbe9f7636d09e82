"""The real worker, in this process."""

from __future__ import annotations

from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector


def work_off_the_queue(queue: str = "jobs") -> None:
    """Do every waiting job, then come back. Needs tests with real transactions."""
    connector = app.connector
    assert isinstance(connector, DjangoConnector)
    with app.replace_connector(connector.get_worker_connector()):
        app.run_worker(queues=[queue], wait=False, install_signal_handlers=False)
