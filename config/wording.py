"""What people are told of each HTTP status, and of what a schema finds wrong."""

from __future__ import annotations

from collections import defaultdict

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TITLES = {
    400: _("The request could not be understood"),
    401: _("Please sign in"),
    403: _("You may not do this"),
    404: _("Not found"),
    405: _("This address does not work that way"),
    409: _("Something changed in the meantime"),
    410: _("No longer available"),
    413: _("Too large"),
    415: _("This kind of file cannot be used"),
    422: _("Please check what was entered"),
    429: _("Too many requests"),
    500: _("Something went wrong on our side"),
    503: _("Busy at the moment"),
}

# What the schema of a request can find fault with, by pydantic's type of error.
SCHEMA_FAULTS: defaultdict[str, Promise] = defaultdict(
    lambda: _("this value does not fit; see the description of the interface"),
    missing=_("this field is required"),
    extra_forbidden=_("this field is not known here"),
    string_type=_("this must be text"),
    string_too_short=_("this is too short"),
    string_too_long=_("this is too long"),
    string_pattern_mismatch=_("this is not written in the expected form"),
    int_type=_("this must be a whole number"),
    int_parsing=_("this must be a whole number"),
    float_parsing=_("this must be a number"),
    decimal_parsing=_("this must be a number"),
    greater_than_equal=_("this is too small"),
    less_than_equal=_("this is too large"),
    date_from_datetime_parsing=_("this must be a date such as 2026-11-30"),
    date_parsing=_("this must be a date such as 2026-11-30"),
    literal_error=_("this is not one of the possible values"),
    enum=_("this is not one of the possible values"),
)

NEXT_STEPS = {
    400: [_("Go back, check the address or the form, and try again.")],
    403: [_("Sign in with an account that has this right, or ask your administrator.")],
    404: [_("Check the address."), _("Look for the parcel on the map.")],
    410: [_("Start again from the map.")],
    413: [_("Send a smaller file, or divide it.")],
    422: [_("Go back and correct the fields named above.")],
    429: [_("Wait a minute and try again.")],
    500: [_("Try again in a few minutes."), _("What you had saved is safe.")],
    503: [_("Wait a minute and try again.")],
}
