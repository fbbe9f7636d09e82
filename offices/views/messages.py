"""The outbox for managers: what was sent, what failed and why, and sending again."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from offices.acting import acting_office
from offices.messages import CHANNELS
from offices.models import Message, User
from offices.permissions import Permission, permission_required
from offices.services.messages import message_resend, recipient_masked

ON_A_PAGE: Final = 50


@require_safe
@permission_required(Permission.MANAGE_OFFICE)
def outbox(request: HttpRequest) -> HttpResponse:
    """The messages of the acting office, newest first; addresses are masked, texts not shown."""
    office = acting_office(request, Permission.MANAGE_OFFICE)
    found = Message.objects.filter(office=office)
    status = request.GET.get("status", "")
    if status in Message.Status.values:
        found = found.filter(status=status)
    page = Paginator(found.order_by("-pk"), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "office": office, "page": page, "status": status, "statuses": Message.Status.choices,
        "rows": [(message, recipient_masked(message.recipient)) for message in page],
        "channels": [(name, name in settings.CHANOT_MESSAGES) for name in CHANNELS],
    }  # fmt: skip
    return render(request, "offices/messages.html", context)


@require_POST
@permission_required(Permission.MANAGE_OFFICE)
def resend(request: HttpRequest, pk: int) -> HttpResponse:
    """Send one of the office's messages at once, with all its tries."""
    office = acting_office(request, Permission.MANAGE_OFFICE)
    assert isinstance(request.user, User)
    message = get_object_or_404(Message, pk=pk, office=office)
    if message_resend(message=message, actor=request.user, now=timezone.now()):
        messages.success(request, gettext("The message will be sent within a minute."))
    else:
        messages.error(request, gettext(
            "This message cannot be sent again: it was sent, or its address was forgotten."
        ))  # fmt: skip
    return redirect("office-messages")
