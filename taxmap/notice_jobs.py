"""Long work on letters, found through ``taxmap.jobs``."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from offices.jobs import Run, job_kind
from offices.permissions import Permission
from taxmap.models import NoticeBatch
from taxmap.services.notice_printing import batch_print


@job_kind("taxmap.print_notices", title=_("Printing of notices"), permission=Permission.VIEW_OWNERS)
def print_notices(job: Run, *, batch: str) -> dict[str, Any]:
    """Print the parts of a batch that are not printed yet."""
    found = NoticeBatch.objects.select_related("local_authority").get(public_id=batch)
    return batch_print(found, run=job)
