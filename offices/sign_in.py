"""Signing in and out, and what the audit trail and the lock-out keep of it."""

from __future__ import annotations

from typing import Any

from axes.signals import user_locked_out
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from offices.models import Office, User
from offices.services.audit import entry_record


class SignInForm(AuthenticationForm):
    """User name and password, with words for people who mistype them."""

    error_messages = {
        "invalid_login": _(
            "The user name and password do not match. Both are case-sensitive. "
            "After %(limit)d wrong attempts the account is locked from this address for a while."
        ),
        "inactive": _("This account has been closed."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("User name")
        self.fields["username"].widget.attrs |= {"autocapitalize": "none", "spellcheck": "false"}
        self.fields["password"].label = _("Password")

    def get_invalid_login_error(self) -> Any:
        error = super().get_invalid_login_error()
        error.params = {"limit": settings.AXES_FAILURE_LIMIT}
        return error


def attempt_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str | None:
    """The name by which failed attempts are counted: a keyed digest, never the name as typed.

    People type passwords into the wrong field; nothing that they typed is kept.
    """
    typed = (credentials or {}).get("username") or request.POST.get("username")
    if not typed:
        return None
    return salted_hmac("offices.sign_in", str(typed), algorithm="sha256").hexdigest()


def _record(action: str, user: User | None, *, by: User | None = None) -> None:
    # Under the account's first office, so that its manager sees what happens to the account.
    office = Office.objects.filter(role_assignments__user=user).order_by("code").first()
    entry_record(
        action=f"offices.{action}",
        subject_kind="account",
        subject_id=str(user.pk) if user else "unknown",
        actor=by,
        office=office if user else None,
        now=timezone.now(),
    )


def _account_meant(credentials: dict[str, Any] | None) -> User | None:
    typed = str((credentials or {}).get("username") or "")
    return User.objects.filter(username=typed).first() if "\x00" not in typed else None


@receiver(user_logged_in)
def _signed_in(user: User, **_: Any) -> None:
    _record("signed_in", user, by=user)


@receiver(user_logged_out)
def _signed_out(user: User | None, **_: Any) -> None:
    if user is not None:
        _record("signed_out", user, by=user)


@receiver(user_login_failed)
def _sign_in_failed(credentials: dict[str, Any], **_: Any) -> None:
    _record("sign_in_failed", _account_meant(credentials))


@receiver(user_locked_out)
def _locked_out(request: HttpRequest, **_: Any) -> None:
    _record("sign_in_locked", _account_meant({"username": request.POST.get("username")}))
