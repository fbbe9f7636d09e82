"""What the register refuses to tell, and why."""

from __future__ import annotations

from cadastre.errors import InvalidInput, LandError, gettext_noop


class NoParcelHere(LandError):
    code = "no_parcel_here"
    message = gettext_noop(
        "There is no registered parcel at latitude {lat}, longitude {lon}. It may be a road or "
        "water without a title, or land outside the area that this service covers."
    )


class ParcelUnknown(LandError):
    code = "parcel_unknown"
    message = gettext_noop(
        "There is no parcel at this address. Check that the whole address was copied, or look for "
        "the parcel on the map."
    )


class TooManyLookups(LandError):
    code = "too_many_lookups"
    message = gettext_noop(
        "You have looked up many parcels in a short time. So that nobody copies the register, "
        "please wait {retry_after_seconds} seconds and try again."
    )


class PersonalNumberNotSearched(LandError):
    # The number itself is nowhere in the error: errors reach logs.
    code = "personal_number_not_searched"
    message = gettext_noop(
        "This looks like a personal identification number. Parcels are not found by person here, "
        "and the number was not kept. Search by deed number, map sheet, address or position."
    )


class ParameterUnusable(InvalidInput):
    code = "parameter_unusable"
    message = gettext_noop("“{field}” cannot be used here.")


class ParameterRepeated(InvalidInput):
    code = "parameter_repeated"
    message = gettext_noop("“{field}” is given more than once.")


class ParameterMissing(InvalidInput):
    code = "parameter_missing"
    message = gettext_noop(
        "Say what to look for: deed_number (with province and district), map_sheet and "
        "land_number, tax_parcel_code (with local_authority), or q."
    )
