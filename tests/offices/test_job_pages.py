"""The pages of background jobs: who sees what, and who may stop, resume and download."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from offices import jobs
from offices.jobs import JobRun, job_kind
from offices.models import AuditEntry, Job, JobStatus, Office, Role, User
from offices.permissions import Permission
from offices.services.jobs import STALE_AFTER, job_enqueue, job_run
from tests.factories import NOW, a_land_office, a_user

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(autouse=True)
def kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_kinds", dict(jobs._kinds))

    @job_kind("test.page", title="Count the plots", permission=Permission.IMPORT_PARCELS)
    def page(run: JobRun) -> dict[str, Any]:
        run.attach("โฉนด <1>.csv", b"a;b")
        run.progress(3, 4, "Reading")
        return {"read": 5000, "reasons": {"no_crs": 2}, "ok": True, "none": None, "list": ["ก"]}


def signed_in(user: User, language: str = "en") -> Client:
    client = Client()
    client.force_login(user, BACKEND)
    client.cookies["django_language"] = language
    return client


def a_job(by: User | None, office: Office | None = None, **fields: Any) -> Job:
    job = job_enqueue(kind="test.page", office=office, requested_by=by, now=NOW)
    if fields:
        Job.objects.filter(pk=job.pk).update(**fields)
    return Job.objects.get(pk=job.pk)


@pytest.mark.django_db
def test_one_sees_ones_own_jobs_and_those_of_ones_offices() -> None:
    here, there = a_land_office("A"), a_land_office("B")
    officer = a_user("officer", Role.LAND_OFFICER, office=here)
    cashier = a_user("cashier", Role.CASHIER, office=here)
    stranger = a_user("stranger", Role.MANAGER, office=there)
    root = User.objects.create_superuser("root", password="a-long-enough-passphrase")
    of_here, own, of_service = a_job(officer, here), a_job(cashier, here), a_job(None)
    seen = {
        user.username: {
            job.pk for job in (of_here, own, of_service)
            if signed_in(user).get(f"/office/jobs/{job.public_id}/").status_code == 200
        }
        for user in (officer, cashier, stranger, root)
    }  # fmt: skip
    assert seen == {
        "officer": {of_here.pk, own.pk},
        "cashier": {own.pk},
        "stranger": set(),
        "root": {of_here.pk, own.pk, of_service.pk},
    }
    for path in ("", ".json", "/stop/", "/resume/", "/result/"):
        method = "post" if path in {"/stop/", "/resume/"} else "get"
        address = f"/office/jobs/{of_here.public_id}{path or '/'}"
        foreign = getattr(signed_in(stranger), method)(address)
        absent = getattr(signed_in(stranger), method)(address.replace(of_here.public_id, "x" * 22))
        assert (foreign.status_code, absent.status_code) == (404, 404), path
        assert Client().get(address).status_code in {302, 405}


@pytest.mark.django_db
def test_the_list_names_the_jobs_and_turns_pages() -> None:
    officer = a_user("officer", Role.LAND_OFFICER)
    for _ in range(25):
        a_job(officer, a_land_office())
    client = signed_in(officer)
    assert len(client.get("/office/jobs/").context["entries"]) == 20
    assert len(client.get("/office/jobs/?page=2").context["entries"]) == 5
    assert client.get("/office/jobs/?page=999999999999").status_code == 200
    assert "Count the plots" in client.get("/office/jobs/").content.decode()


@pytest.mark.django_db
def test_the_state_for_the_script_is_in_the_readers_language() -> None:
    officer = a_user("officer", Role.LAND_OFFICER)
    job = a_job(officer, a_land_office(), status=JobStatus.RUNNING, done=1, total=4,
                beat_at=timezone.now(), step="Reading")  # fmt: skip
    address = f"/office/jobs/{job.public_id}.json"
    assert signed_in(officer).get(address).json() == {
        "status": "running", "label": "running", "tone": "blue", "active": True,
        "done": 1, "total": 4, "percent": 25, "step": "Reading",
    }  # fmt: skip
    assert signed_in(officer, "th").get(address).json()["label"] == "กำลังดำเนินการ"

    Job.objects.update(cancel_requested=True)
    assert signed_in(officer).get(address).json()["label"] == "stopping"
    Job.objects.update(beat_at=timezone.now() - STALE_AFTER * 2)
    silent = signed_in(officer).get(address).json()
    assert (silent["status"], silent["active"]) == ("interrupted", False)


@pytest.mark.django_db
def test_stopping_and_resuming_is_for_who_ordered_it_and_who_runs_the_office() -> None:
    office = a_land_office()
    officer = a_user("officer", Role.LAND_OFFICER)
    colleague = a_user("colleague", Role.SURVEYOR)
    manager = a_user("manager", Role.MANAGER)
    job = a_job(officer, office)
    stop = f"/office/jobs/{job.public_id}/stop/"
    resume = f"/office/jobs/{job.public_id}/resume/"
    assert signed_in(colleague).post(stop).status_code == 403
    assert signed_in(officer).get(stop).status_code == 405
    assert Client(enforce_csrf_checks=True).post(stop).status_code == 403
    assert signed_in(officer).post(stop).status_code == 302
    assert Job.objects.get().status == JobStatus.CANCELLED
    assert signed_in(officer).post(stop).status_code == 409
    assert signed_in(colleague).post(resume).status_code == 403
    assert signed_in(manager).post(resume).status_code == 302
    assert (Job.objects.get().status, Job.objects.get().attempt) == (JobStatus.QUEUED, 2)
    assert signed_in(manager).post(resume).status_code == 409


@pytest.mark.django_db
def test_a_failed_job_says_why_in_the_readers_language_and_offers_to_resume() -> None:
    officer = a_user("officer", Role.LAND_OFFICER)
    job = a_job(officer, a_land_office(), status=JobStatus.FAILED,
                error_code="job_failed_unexpectedly", error_evidence={"job": "Nr7"})  # fmt: skip
    english = signed_in(officer).get(f"/office/jobs/{job.public_id}/").content.decode()
    assert "recorded in the log under the number Nr7" in english
    assert "job-resume" not in english
    assert f"/office/jobs/{job.public_id}/resume/" in english
    thai = signed_in(officer, "th").get(f"/office/jobs/{job.public_id}/").content.decode()
    assert "ตามหมายเลข Nr7" in thai
    # A code or evidence that nobody knows any more still gives a page.
    Job.objects.update(error_code="invalid_input", error_evidence={})
    assert signed_in(officer).get(f"/office/jobs/{job.public_id}/").status_code == 200
    Job.objects.update(error_code="long_gone", kind="long.gone")
    assert signed_in(officer).get(f"/office/jobs/{job.public_id}/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_the_result_is_shown_and_its_file_downloaded_by_who_may(
    settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    officer = a_user("officer", Role.LAND_OFFICER)
    checker = a_user("checker", Role.CHECKER)
    job = a_job(officer, a_land_office())
    job_run(job_id=job.pk, attempt=1)
    address = f"/office/jobs/{job.public_id}/"
    page = signed_in(officer).get(address)
    assert ("read", "5,000") in page.context["result"]
    assert ("reasons: no crs", "2") in page.context["result"]
    assert f"{address}result/" in page.content.decode()

    response = signed_in(officer).get(f"{address}result/")
    assert b"".join(response) == b"a;b"
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Content-Disposition"].startswith("attachment;")
    assert AuditEntry.objects.filter(action="jobs.result_fetched", actor=officer).count() == 1

    # The checker sees the office's jobs, yet may not import, so gets no file of an import.
    assert f"{address}result/" not in signed_in(checker).get(address).content.decode()
    assert signed_in(checker).get(f"{address}result/").status_code == 404
    for file in tmp_path.rglob("*.csv"):
        file.unlink()
    assert signed_in(officer).get(f"{address}result/").status_code == 404
