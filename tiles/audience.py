"""Who may see a layer that is not for everybody.

``tiles`` does not know staff or roles; the setting TILE_AUDIENCE names the function that does:
``(user, permission | None) -> QuerySet`` of the offices in which the user holds the permission (or
any role at all, for None).
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string


@functools.cache
def _offices_where() -> Callable[..., Any]:
    found: Callable[..., Any] = import_string(settings.TILE_AUDIENCE)
    return found


def offices_of(user: Any, permission: str | None) -> list[int]:
    """Ids of the offices in which ``user`` holds ``permission``; empty for everybody else."""
    if not user.is_authenticated:
        return []
    return list(_offices_where()(user, permission).values_list("pk", flat=True))
