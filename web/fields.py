"""Form fields that read what people in Thailand write, and say what to do when they cannot.

All of them take Thai digits. Values that leave here are the house's own: `Area`, Gregorian dates,
integer satang, WGS84 degrees, ASCII digits.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cadastre.area import NGAN_PER_RAI, SQUARE_WA_PER_NGAN, Area
from cadastre.digits import typed_text
from cadastre.errors import LandError
from cadastre.geodesy.coordinates import Position, parse_coordinates
from web.era import parse_date
from web.formats import format_date
from web.widgets import RaiNganWaWidget

_WHOLE = re.compile(r"\d{1,9}", re.ASCII)
_DECIMAL = re.compile(r"\d{1,12}(?:\.\d{1,4})?", re.ASCII)
_BAHT = re.compile(
    r"(?:฿ ?)?(\d{1,3}(?:,\d{3})+|\d{1,13})(?:\.(\d{1,2}))? ?(?:บาท|baht|thb)?",
    re.IGNORECASE | re.ASCII,
)
LARGEST_BAHT = 10**13
"""More than the yearly product of the country: anything above is a slip of the keyboard."""


def _refused(error: LandError) -> ValidationError:
    return ValidationError(error.render(gettext), code=error.code)


class RaiNganWaField(forms.Field):
    """Three inputs, rai, ngan and square wa, read as one exact `Area`.

    Empty boxes count as zero. Ngan stays below 4 and square wa below 100, as on a deed, except
    that square wa alone may be larger ("120 ตารางวา").
    """

    widget = RaiNganWaWidget
    default_error_messages = {
        "required": _("Enter the area in rai, ngan and square wa."),
        "rai": _("Rai must be a whole number, such as 2."),
        "ngan": _("Ngan must be 0, 1, 2 or 3. Four ngan are one rai."),
        "wa": _("Square wa must be a number such as 50 or 50.5."),
        "wa_too_large": _(
            "Square wa must be below 100, since 100 square wa are one ngan. "
            "Write square wa alone if you do not know rai and ngan."
        ),
        "zero": _("The area must be larger than zero."),
    }

    def __init__(self, *, allow_zero: bool = False, **kwargs: Any) -> None:
        self.allow_zero = allow_zero
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        """An `Area`, or square metres, as the three boxes; what was typed stays as typed."""
        if isinstance(value, Decimal):
            value = Area(value)
        if not isinstance(value, Area):
            return value
        rai, ngan, wa = value.to_rai(Decimal("0.01"))
        return [str(rai), str(ngan), f"{wa.normalize():f}"]

    def to_python(self, value: Any) -> Area | None:
        """The `Area` of three texts; None when all are empty."""
        rai, ngan, wa = (
            typed_text(part or "").replace(",", "") for part in (value or ("", "", ""))
        )
        if not (rai or ngan or wa):
            return None
        if rai and not _WHOLE.fullmatch(rai):
            raise self._error("rai")
        if ngan and not (_WHOLE.fullmatch(ngan) and (int(ngan) < NGAN_PER_RAI)):
            raise self._error("ngan")
        if wa and not _DECIMAL.fullmatch(wa):
            raise self._error("wa")
        if (rai or ngan) and Decimal(wa or 0) >= SQUARE_WA_PER_NGAN:
            raise self._error("wa_too_large")
        try:
            area = Area.from_rai(int(rai or 0), int(ngan or 0), Decimal(wa or 0))
        except LandError as error:
            raise _refused(error) from None
        if not area and not self.allow_zero:
            raise self._error("zero")
        return area

    def _error(self, code: str) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the boxes say another area than before."""
        try:
            return self.to_python(self.prepare_value(initial)) != self.to_python(data)
        except ValidationError:
            return True


class _TypedField(forms.CharField):
    """One line of text, tidied (digits, dashes, blanks) before it is read."""

    input_class = "input--medium"
    input_mode = "text"

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 100)
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attrs = super().widget_attrs(widget)
        attrs.pop("maxlength", None)  # a silent cut is worse than a message
        extra = {"class": self.input_class, "inputmode": self.input_mode, "autocomplete": "off"}
        return attrs | {k: v for k, v in extra.items() if k not in widget.attrs}

    def read(self, text: str) -> Any:
        raise NotImplementedError

    def clean(self, value: Any) -> Any:
        """The value that the text means; None for an empty field that may be empty."""
        text = typed_text(super().clean(value) or "")
        if not text:
            return None
        try:
            return self.read(text)
        except LandError as error:
            raise _refused(error) from None


class BuddhistDateField(_TypedField):
    """A date as ``21/11/2569``, ``21 พ.ย. 2569``, or of the Common Era; see `parse_date`.

    ``earliest`` and ``latest`` are callables, so that "today" is asked when the form is used.
    """

    default_error_messages = {
        "required": _("Enter the date, for example 21/11/2569."),
        "too_early": _("The date must not be before {limit}."),
        "too_late": _("The date must not be after {limit}."),
    }

    def __init__(self, *, earliest: Any = None, latest: Any = None, **kwargs: Any) -> None:
        self.earliest, self.latest = earliest, latest
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        """A date in the way it may be typed, in the era of the page."""
        return format_date(value, "numeric") if isinstance(value, dt.date) else value

    def read(self, text: str) -> dt.date:
        """A Gregorian date within the limits."""
        day = parse_date(text)
        for limit, wrong, code in (
            (self.earliest and self.earliest(), dt.date.__lt__, "too_early"),
            (self.latest and self.latest(), dt.date.__gt__, "too_late"),
        ):
            if limit and wrong(day, limit):
                message = str(self.error_messages[code]).format(limit=format_date(limit))
                raise ValidationError(message, code=code)
        return day

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the text means another day than before."""
        return super().has_changed(self.prepare_value(initial), data)


class CoordinateField(_TypedField):
    """One place: degrees in either order, degrees-minutes-seconds, or UTM; gives a `Position`.

    Eastings and northings without a zone can lie in zone 47 and in zone 48; then the choice is
    asked for instead of guessed.
    """

    input_class = ""
    default_error_messages = {
        "required": _("Enter coordinates, for example 13.8591, 100.5217."),
        "ambiguous": _("These coordinates exist in two zones. Add the zone, for example 47N."),
    }

    def read(self, text: str) -> Position:
        """The one `Position` that the text means."""
        positions = parse_coordinates(text)
        if len(positions) > 1:
            raise ValidationError(self.error_messages["ambiguous"], code="ambiguous")
        return positions[0]


class BahtField(_TypedField):
    """Money such as ``1,234.50``, read as integer satang."""

    input_mode = "decimal"
    default_error_messages = {
        "required": _("Enter the amount in baht, for example 1,234.50."),
        "invalid": _(
            "This is not an amount of money. Write baht with at most two decimals, "
            "for example 1,234.50."
        ),
        "too_large": _("This amount is too large. Check the number of zeros."),
    }

    def prepare_value(self, value: Any) -> Any:
        """Satang as baht and satang; what was typed stays as typed."""
        if isinstance(value, int):
            return f"{value // 100:,}.{value % 100:02d}" if value >= 0 else str(value)
        return value

    def read(self, text: str) -> int:
        """Integer satang."""
        match = _BAHT.fullmatch(text)
        if match is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        baht = int(match[1].replace(",", ""))
        if baht > LARGEST_BAHT:
            raise ValidationError(self.error_messages["too_large"], code="too_large")
        return baht * 100 + int((match[2] or "0").ljust(2, "0"))

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the text means another amount than before."""
        return super().has_changed(self.prepare_value(initial), data)


class DigitsField(_TypedField):
    """A number that is a name (deed number, telephone): its digits, leading zeros kept.

    Blanks and hyphens between the digits are dropped. ``digits`` is the exact count, or the
    least and the most.
    """

    input_mode = "numeric"
    default_error_messages = {
        "invalid": _("Write digits only, without letters or signs."),
        "exact": _("This must have exactly {least} digits."),
        "between": _("This must have {least} to {most} digits."),
    }

    def __init__(self, *, digits: int | tuple[int, int], **kwargs: Any) -> None:
        self.least, self.most = (digits, digits) if isinstance(digits, int) else digits
        super().__init__(**kwargs)

    def read(self, text: str) -> str:
        """ASCII digits."""
        digits = text.replace(" ", "").replace("-", "")
        if not (digits.isascii() and digits.isdigit()):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        if not self.least <= len(digits) <= self.most:
            code = "exact" if self.least == self.most else "between"
            message: str | Promise = self.error_messages[code]
            raise ValidationError(
                str(message).format(least=self.least, most=self.most), code="length"
            )
        return digits
