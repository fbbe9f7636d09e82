"""What the worker is asked to do. Work itself is registered in each room's ``jobs.py``."""

from __future__ import annotations

from django.db import connections
from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

from offices.services.audit import audit_seal
from offices.services.jobs import QUEUE, TASK, job_run
from offices.services.messages import messages_forget, messages_send

UPKEEP = "upkeep"


@app.task(name=TASK, queue=QUEUE, pass_context=True)
def run_job(context: JobContext, *, job_id: int, attempt: int) -> None:
    """One attempt at one job. A worker that is told to stop hands the job on to the next one."""
    try:
        job_run(job_id=job_id, attempt=attempt, stopping=context.should_abort)
    finally:
        # Threads of the worker come and go; none keeps a connection it does not use.
        connections.close_all()


@app.periodic(cron="* * * * *")
@app.task(name="offices.seal_audit", queue=UPKEEP, queueing_lock="seal_audit", priority=10)
def seal_audit(timestamp: int) -> None:  # noqa: ARG001
    """Each minute: chain what the audit trail got since. The seal bears the time it was made."""
    try:
        audit_seal(timezone.now())
    finally:
        connections.close_all()


@app.periodic(cron="*/10 * * * *")
@app.task(name="offices.clear_queue", queue=UPKEEP, queueing_lock="clear_queue")
async def clear_queue(timestamp: int) -> None:  # noqa: ARG001
    """Take entries of dead workers out of the queue; resuming a job makes a new entry."""
    for entry in await app.job_manager.get_stalled_jobs():
        await app.job_manager.finish_job(entry, status=Status.FAILED, delete_job=True)


@app.periodic(cron="* * * * *")
@app.task(name="offices.send_messages", queue=UPKEEP, queueing_lock="send_messages")
def send_messages(timestamp: int) -> None:  # noqa: ARG001
    """Each minute: send what is in the outbox. What fails is tried again later."""
    try:
        messages_send(now=timezone.now())
        messages_forget(now=timezone.now())
    finally:
        connections.close_all()
