from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from web.preferences import theme_of


def shell(request: HttpRequest) -> dict[str, Any]:
    """What the page shell needs: the chosen theme (or none), and the place to come back to."""
    return {
        "theme": theme_of(request),
        "page_path": request.get_full_path() if request.method in {"GET", "HEAD"} else request.path,
    }
