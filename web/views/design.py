"""The living page of the interface kit."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET


@require_GET
def design(request: HttpRequest) -> HttpResponse:
    """Every token and component, in both themes, with the markup that makes it."""
    return render(request, "web/design.html")
