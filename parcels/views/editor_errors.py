"""What the editor's addresses refuse before the register is asked."""

from __future__ import annotations

from cadastre.errors import InvalidInput, LandError, gettext_noop


class EditRequestUnreadable(InvalidInput):
    code = "edit_request_unreadable"
    message = gettext_noop("“{field}” cannot be used: {reason} Correct it and try again.")


class EditRequestTooLarge(LandError):
    code = "edit_request_too_large"
    message = gettext_noop(
        "An edit may have {limit} points in one go. Save what there is as a draft, or divide the "
        "work into several transactions."
    )


class BoundsUnusable(LandError):
    code = "bounds_unusable"
    message = gettext_noop("The view is too wide to edit in. Zoom in and try again.")
