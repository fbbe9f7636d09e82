"""The audit trail in words. Rooms name their actions in their ``dashboard.py``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from offices.models import AuditEntry

_actions: dict[str, str | Promise] = {}


def name_actions(names: Mapping[str, str | Promise]) -> None:
    """Say in words what dotted action names mean; an unnamed action is shown as it is."""
    _actions.update(names)


def described(entry: AuditEntry) -> dict[str, Any]:
    """An entry as the page shows it."""
    return {
        "entry": entry,
        "action": _actions.get(entry.action, entry.action),
        "data": json.dumps(entry.data, ensure_ascii=False) if entry.data else "",
    }


name_actions({
    "offices.signed_in": _("signed in"),
    "offices.signed_out": _("signed out"),
    "offices.sign_in_failed": _("sign-in failed"),
    "offices.sign_in_locked": _("sign-in locked after wrong passwords"),
    "offices.trail_read": _("read the audit trail"),
    "offices.record_added": _("added in the administration"),
    "offices.record_changed": _("changed in the administration"),
    "offices.record_deleted": _("deleted in the administration"),
    "offices.role_given": _("gave a role"),
    "offices.message_resent": _("sent a message again"),
    "offices.role_taken": _("took a role away"),
    "jobs.ordered": _("ordered a job"),
    "jobs.stop_asked": _("asked a job to stop"),
    "jobs.resumed": _("resumed a job"),
    "jobs.result_fetched": _("fetched the result of a job"),
})  # fmt: skip
