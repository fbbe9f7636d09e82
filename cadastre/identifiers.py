"""Numbers and codes on Thai land documents: parse what people type, write one canonical form.

Every parser accepts Thai and full-width digits (`cadastre.digits`) and raises its own `LandError`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, NewType

from cadastre.digits import is_ascii_number, typed_text
from cadastre.errors import LandError, gettext_noop

DeedNumber = NewType("DeedNumber", str)
"""Number of a title document (เลขที่โฉนด), unique within a land office's district."""
LandNumber = NewType("LandNumber", str)
"""Land number (เลขที่ดิน), unique within a map sheet of one scale."""
SurveyPage = NewType("SurveyPage", str)
"""Survey page (หน้าสำรวจ), unique within a tambon."""
PhoneNumber = NewType("PhoneNumber", str)
"""A Thai telephone number as E.164: ``+66812345678``."""


class DeedNumberInvalid(LandError):
    code = "deed_number_invalid"
    message = gettext_noop(
        "“{text}” is not a deed number. Write the digits after “เลขที่” at the top right of the "
        "deed, for example 12345."
    )


class LandNumberInvalid(LandError):
    code = "land_number_invalid"
    message = gettext_noop(
        "“{text}” is not a land number. Write the digits after “เลขที่ดิน” on the deed, "
        "for example 123."
    )


class SurveyPageInvalid(LandError):
    code = "survey_page_invalid"
    message = gettext_noop(
        "“{text}” is not a survey page. Write the digits after “หน้าสำรวจ” on the deed, "
        "for example 4567."
    )


class MapSheetInvalid(LandError):
    code = "map_sheet_invalid"
    message = gettext_noop(
        "“{text}” is not a UTM map sheet. Write it as on the deed: the 1:50,000 sheet, the even "
        "kilometres and the sheet number, for example 5136 III 6618-14 (1:1000)."
    )


class ParcelCodeInvalid(LandError):
    code = "parcel_code_invalid"
    message = gettext_noop(
        "“{text}” is not a parcel code of the tax map. Write zone, block and lot, for example "
        "01A001; divided parcels 01A001/001; buildings 01A001-B001; signs 01A001-P001."
    )


class ParcelCodesUsedUp(LandError):
    code = "parcel_codes_used_up"
    message = gettext_noop(
        "No parcel code is left after {code}. Open a new block on the tax map, or number the "
        "parcel as a new lot."
    )


class PhoneNumberInvalid(LandError):
    # The number itself stays out of the message: messages reach logs, people's numbers must not.
    code = "phone_number_invalid"
    message = gettext_noop(
        "This is not a Thai telephone number. Write a mobile number with 10 digits "
        "(081-234-5678) or a fixed line with 9 (02-123-4567)."
    )


# --- deed, land number, survey page ---------------------------------------------------------

_DEED = re.compile(
    r"(?:โฉนด(?:ที่ดิน)?|น\.?ส\.?\s?[34]\s?[กจข]?\.?|deed|title|chanote?)?\s*"
    r"(?:เลขที่|no\.?|number|#)?\s*(?P<number>0*[1-9]\d{0,7}(?:/\d{1,5})?)",
    re.ASCII | re.IGNORECASE,
)
_LAND = re.compile(
    r"(?:เลขที่ดิน|land\s?(?:no\.?|number))?\s*(?P<number>0*[1-9]\d{0,6}(?:/\d{1,4})?)",
    re.ASCII | re.IGNORECASE,
)
_PAGE = re.compile(
    r"(?:หน้าสำรวจ|survey\s?page)?\s*(?P<number>0*[1-9]\d{0,6}(?:/\d{1,4})?)",
    re.ASCII | re.IGNORECASE,
)


def deed_number(text: str) -> DeedNumber:
    """``12345`` from ``โฉนดเลขที่ ๑๒๓๔๕``; leading zeros fall away, ``12/34`` stays."""
    match = _DEED.fullmatch(_short(text))
    if match is None:
        raise DeedNumberInvalid(text=text[:40])
    return DeedNumber(match["number"].lstrip("0"))


def land_number(text: str) -> LandNumber:
    """``123`` from ``เลขที่ดิน ๑๒๓``."""
    match = _LAND.fullmatch(_short(text))
    if match is None:
        raise LandNumberInvalid(text=text[:40])
    return LandNumber(match["number"].lstrip("0"))


def survey_page(text: str) -> SurveyPage:
    """``4567`` from ``หน้าสำรวจ ๔๕๖๗``."""
    match = _PAGE.fullmatch(_short(text))
    if match is None:
        raise SurveyPageInvalid(text=text[:40])
    return SurveyPage(match["number"].lstrip("0"))


def _short(text: str) -> str:
    return typed_text(text) if len(text) <= 100 else ""


# --- UTM map sheets -------------------------------------------------------------------------

ROMAN: Final = ("I", "II", "III", "IV")
SHEETS_PER_SIDE: Final = {4000: 1, 2000: 2, 1000: 4, 500: 8}
"""How often a scale's sheet fits along the side of the 2 km sheet of 1:4,000."""


@dataclass(frozen=True, slots=True, order=True)
class MapSheet:
    """A UTM map sheet (ระวาง): which 1:50,000 sheet, which 2 km square, which part of it.

    ``easting_km`` and ``northing_km`` are the last two digits of the lower left corner's
    kilometres, both even. ``number`` is 0 at 1:4,000, else counted row by row from the upper left.
    """

    index: str
    quadrant: int
    easting_km: int
    northing_km: int
    number: int = 0
    scale: int = 4000

    def __post_init__(self) -> None:
        per_side = SHEETS_PER_SIDE.get(self.scale)
        first = 0 if self.scale == 4000 else 1
        if (
            per_side is None
            or not (len(self.index) == 4 and is_ascii_number(self.index))
            or self.quadrant not in {1, 2, 3, 4}
            or any(km not in range(0, 100, 2) for km in (self.easting_km, self.northing_km))
            or not first <= self.number < first + per_side**2
        ):
            raise MapSheetInvalid(text=self._written())

    @classmethod
    def parse(cls, text: str) -> MapSheet:
        """Read ``5136 II 6618-14``, ``5136II6618``, ``5136-2-6618-14 (1:1000)`` and the like.

        Without a scale, no sheet number means 1:4,000, 1 to 16 means 1:1,000 and above 1:500:
        the 1:1,000 series is by far the commonest. Raises `MapSheetInvalid`.
        """
        match = _SHEET.fullmatch(_short(text).translate(_ROMAN_LETTERS))
        if match is None:
            raise MapSheetInvalid(text=text[:60])
        return cls.from_fields(
            match["index"],
            match["quadrant"],
            match["square"],
            match["number"] or "0",
            (match["scale"] or "").replace(",", ""),
        )

    @classmethod
    def from_fields(
        cls, index: str, quadrant: str, square: str, number: str = "", scale: str = ""
    ) -> MapSheet:
        """From the five columns UTMMAP1-4 and UTMSCALE of Treasury and section-10 files.

        Spreadsheets strip leading zeros (``632`` for ``0632``); they are put back.
        """
        parts = [typed_text(part) for part in (index, quadrant, square, number, scale)]
        index, quadrant, square, number, scale = parts
        square = square.zfill(4)
        number = number.lstrip("0") or "0"
        scale = scale or ("4000" if number == "0" else "1000" if int_of(number) <= 16 else "500")
        roman = quadrant.upper()
        which = ROMAN.index(roman) + 1 if roman in ROMAN else int_of(quadrant)
        if len(square) != 4 or not all(map(is_ascii_number, (square, number, scale))):
            raise MapSheetInvalid(text=" ".join(parts)[:60])
        return cls(index, which, int(square[:2]), int(square[2:]), int(number), int(scale))

    @property
    def square(self) -> str:
        """The four digits of the 2 km square: ``6618``."""
        return f"{self.easting_km:02d}{self.northing_km:02d}"

    @property
    def fields(self) -> tuple[str, str, str, str, str]:
        """The five columns UTMMAP1-4 and UTMSCALE: ``("5136", "2", "6618", "14", "1000")``."""
        return self.index, str(self.quadrant), self.square, f"{self.number:02d}", str(self.scale)

    @property
    def key(self) -> str:
        """One text for joins; with the land number behind it, the key of price files."""
        return "|".join(self.fields)

    @property
    def base(self) -> MapSheet:
        """The 1:4,000 sheet it is part of."""
        return replace(self, number=0, scale=4000)

    def _written(self) -> str:
        quadrant = ROMAN[self.quadrant - 1] if self.quadrant in {1, 2, 3, 4} else self.quadrant
        text = f"{self.index} {quadrant} {self.square}"
        return text if self.scale == 4000 and not self.number else f"{text}-{self.number:02d}"

    def __str__(self) -> str:
        implied = 4000 if not self.number else 1000 if self.number <= 16 else 500
        return self._written() + ("" if implied == self.scale else f" (1:{self.scale})")


def int_of(text: str) -> int:
    """The number, or -1 where the text is none: for checks that follow anyway."""
    return int(text) if is_ascii_number(text) and len(text) <= 9 else -1


_ROMAN_LETTERS = str.maketrans({"Ⅰ": "I", "Ⅱ": "II", "Ⅲ": "III", "Ⅳ": "IV"})
_SHEET = re.compile(
    r"(?:ระวาง(?:แผนที่)?|map\s?sheet|sheet)?\s*(?P<index>\d{4})[\s\-|,]*"
    r"(?P<quadrant>IV|I{1,3}|(?<=[\s\-|,])[1-4](?=[\s\-|,]))[\s\-|,]*(?P<square>\d{4})"
    r"(?:\s*(?:[\-|/,]|แผ่น(?:ที่)?|sheet)\s*(?P<number>\d{1,2}))?"
    r"(?:[\s,|]*\(?(?:มาตราส่วน|scale)?\s*(?:1\s?:\s?|\|)?(?P<scale>4,?000|2,?000|1,?000|500)\)?)?",
    re.ASCII | re.IGNORECASE,
)


# --- codes of the tax map -------------------------------------------------------------------

SUFFIX_WIDTHS: Final = (3, 2, 1)
"""Digits of the first, second and third division: ``/001``, ``/01``, ``/1``; no fourth."""


@dataclass(frozen=True, slots=True, order=True)
class ParcelCode:
    """A parcel on the tax map (รหัสแปลงที่ดิน), or a building (-B) or sign (-P) on it.

    Zone and lot keep their leading zeros only in writing: ``01A001/001-B002``.
    """

    zone: int
    block: str
    lot: int
    divisions: tuple[int, ...] = ()
    building: int = 0
    sign: int = 0

    def __post_init__(self) -> None:
        too_wide = any(
            not 1 <= part < 10**width
            for part, width in zip(self.divisions, SUFFIX_WIDTHS, strict=False)
        )
        if (
            not 1 <= self.zone <= 99
            or not (len(self.block) == 1 and "A" <= self.block <= "Z")
            or not 1 <= self.lot <= 999
            or len(self.divisions) > len(SUFFIX_WIDTHS)
            or too_wide
            or not (0 <= self.building <= 999 and 0 <= self.sign <= 999)
            or (self.building and self.sign)
        ):
            raise ParcelCodeInvalid(text=str(self))

    @classmethod
    def parse(cls, text: str) -> ParcelCode:
        """Read ``01A001``, ``07k002/004``, ``03N008/001-B001``, ``50A001-P001``.

        Lower case and blanks are accepted, left-out zeros of a division too.
        """
        match = _PARCEL.fullmatch(_short(text).replace(" ", "").upper())
        if match is None:
            raise ParcelCodeInvalid(text=text[:40])
        divisions = tuple(int(part) for part in (match["divisions"] or "").split("/") if part)
        number = int(match["number"] or 0)
        if match["kind"] and not number:
            raise ParcelCodeInvalid(text=text[:40])
        return cls(
            int(match["zone"]),
            match["block"],
            int(match["lot"]),
            divisions,
            number if match["kind"] == "B" else 0,
            number if match["kind"] == "P" else 0,
        )

    @property
    def block_code(self) -> str:
        """Zone and block: ``01A``."""
        return f"{self.zone:02d}{self.block}"

    @property
    def parcel(self) -> ParcelCode:
        """The parcel a building or sign stands on; a parcel itself is its own."""
        return replace(self, building=0, sign=0)

    def with_building(self, number: int) -> ParcelCode:
        return replace(self, building=number, sign=0)

    def with_sign(self, number: int) -> ParcelCode:
        return replace(self, building=0, sign=number)

    def next_division(self, used: Iterable[ParcelCode]) -> ParcelCode:
        """The code for the next part cut from this parcel; the kept part keeps this code.

        Never a number that is or was ``used``. `ParcelCodesUsedUp` at the fourth level or
        past the last number.
        """
        level = len(self.divisions)
        if level == len(SUFFIX_WIDTHS):
            raise ParcelCodesUsedUp(code=str(self))
        last = max(
            (
                code.divisions[level]
                for code in used
                if code.block_code == self.block_code
                and code.lot == self.lot
                and code.divisions[:level] == self.divisions
                and len(code.divisions) > level
            ),
            default=0,
        )
        if last + 1 >= 10 ** SUFFIX_WIDTHS[level]:
            raise ParcelCodesUsedUp(code=str(self))
        return replace(self.parcel, divisions=(*self.divisions, last + 1))

    def __str__(self) -> str:
        divided = "".join(
            f"/{part:0{width}d}"
            for part, width in zip(self.divisions, (*SUFFIX_WIDTHS, *(1,) * 9), strict=False)
        )
        tail = f"-B{self.building:03d}" if self.building else ""
        tail += f"-P{self.sign:03d}" if self.sign else ""
        return f"{self.zone:02d}{self.block}{self.lot:03d}{divided}{tail}"


def next_lot(zone: int, block: str, used: Iterable[ParcelCode]) -> ParcelCode:
    """The next free lot of a block; ``01A001`` where there is none yet."""
    first = ParcelCode(zone, block, 1)
    lots = (code.lot for code in used if code.block_code == first.block_code)
    last = max(lots, default=0)
    if last >= 999:
        raise ParcelCodesUsedUp(code=f"{first.block_code}999")
    return replace(first, lot=last + 1)


_PARCEL = re.compile(
    r"(?P<zone>\d{2})(?P<block>[A-Z])(?P<lot>\d{3})(?P<divisions>(?:/\d{1,3}(?:/\d{1,2}(?:/\d)?)?)?)"
    r"(?:-(?P<kind>[BP])(?P<number>\d{1,3}))?",
    re.ASCII,
)


# --- people ---------------------------------------------------------------------------------


def citizen_id_check_digit(first_twelve: str) -> str:
    """The 13th digit of a Thai personal or juristic id: weights 13 to 2, modulo 11."""
    if len(first_twelve) != 12 or not is_ascii_number(first_twelve):
        raise ValueError("twelve ASCII digits are needed")
    total = sum(int(digit) * (13 - i) for i, digit in enumerate(first_twelve))
    return str((11 - total % 11) % 10)


def is_citizen_id(text: str) -> bool:
    """Whether the text is a 13-digit Thai id with the right check digit.

    Answers only; the number is never part of an error, a log or a type of ours.
    """
    digits = re.sub(r"[\s-]", "", _short(text))
    return (
        len(digits) == 13
        and is_ascii_number(digits)
        and citizen_id_check_digit(digits[:12]) == digits[12]
    )


def phone_number(text: str) -> PhoneNumber:
    """``+66812345678`` from ``๐๘๑-๒๓๔-๕๖๗๘``, ``+66 81 234 5678`` or ``0066812345678``."""
    digits = re.sub(r"[\s\-().]", "", _short(text))
    international = re.fullmatch(r"(?:\+|00)66(?P<rest>0?\d{8,9})", digits, re.ASCII)
    national = "0" + international["rest"].lstrip("0") if international else digits
    if re.fullmatch(r"0[689]\d{8}|0[2-57]\d{7}", national, re.ASCII) is None:
        raise PhoneNumberInvalid
    return PhoneNumber("+66" + national[1:])


def format_phone(number: PhoneNumber) -> str:
    """As people in Thailand write it: ``081-234-5678``, ``02-123-4567``, ``044-123-456``."""
    national = "0" + number.removeprefix("+66")
    if len(national) == 10:
        return f"{national[:3]}-{national[3:6]}-{national[6:]}"
    area = 2 if national.startswith("02") else 3
    return f"{national[:area]}-{national[area : area + 3]}-{national[area + 3 :]}"
