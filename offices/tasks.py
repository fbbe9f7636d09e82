"""What the worker is asked to do. Work itself is registered in each room's ``jobs.py``."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import connections
from procrastinate import JobContext
from procrastinate.contrib.django import app

from offices.services.audit import audit_seal
from offices.services.jobs import QUEUE, TASK, job_run


@app.task(name=TASK, queue=QUEUE, pass_context=True)
def run_job(context: JobContext, *, job_id: int, attempt: int) -> None:
    """One attempt at one job. A worker that is told to stop hands the job on to the next one."""
    try:
        job_run(job_id=job_id, attempt=attempt, stopping=context.should_abort)
    finally:
        # Threads of the worker come and go; none keeps a connection it does not use.
        connections.close_all()


@app.periodic(cron="* * * * *")
@app.task(
    name="offices.seal_audit", queue="upkeep", queueing_lock="offices.seal_audit", priority=10
)
def seal_audit(timestamp: int) -> None:
    """Each minute: chain what the audit trail got since."""
    try:
        audit_seal(datetime.fromtimestamp(timestamp, tz=UTC))
    finally:
        connections.close_all()
