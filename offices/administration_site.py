from __future__ import annotations

from collections.abc import Callable
from typing import Any

from csp.constants import NONCE, SELF
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from offices.permissions import NotPermitted, Permission, may


class AdministrationSite(AdminSite):
    """Open to administrators and superusers, who sign in where everybody else does."""

    site_header = _("Chanot: administration")
    site_title = _("Chanot")
    index_title = _("Accounts and reference data")
    site_url = "/office/"

    def has_permission(self, request: HttpRequest) -> bool:
        return may(request.user, Permission.ADMINISTER)

    def login(
        self,
        request: HttpRequest,
        extra_context: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> HttpResponse:
        if request.user.is_authenticated and not self.has_permission(request):
            raise NotPermitted(permission=Permission.ADMINISTER.label)
        return redirect_to_login(request.GET.get("next") or request.get_full_path())

    def admin_view(  # type: ignore[override]
        self,
        view: Callable[..., Any],
        cacheable: bool = False,  # noqa: FBT001, FBT002
    ) -> Callable[..., Any]:
        """The map widgets of django-leaflet start with an inline script that carries a nonce.

        Only pages of the administration allow such a script, and only that one
        (docs/operations/roles.md, "Administration").
        """
        inner = super().admin_view(view, cacheable)

        def with_nonce(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            response: HttpResponse = inner(request, *args, **kwargs)
            response._csp_update = {"script-src": [SELF, NONCE]}  # type: ignore[attr-defined]
            return response

        return with_nonce
