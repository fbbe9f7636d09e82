"""Land area, exact: square metres inside, rai-ngan-wa on every deed and every screen.

1 rai = 4 ngan = 400 square wa = 1,600 m². Rounding is written down once, in
``docs/algorithms/area.md``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation, localcontext
from fractions import Fraction
from typing import Final, NamedTuple

from cadastre.digits import typed_text
from cadastre.errors import LandError, gettext_noop

SQUARE_METRES_PER_SQUARE_WA: Final = 4
SQUARE_WA_PER_NGAN: Final = 100
NGAN_PER_RAI: Final = 4
SQUARE_WA_PER_RAI: Final = SQUARE_WA_PER_NGAN * NGAN_PER_RAI
SQUARE_METRES_PER_RAI: Final = SQUARE_METRES_PER_SQUARE_WA * SQUARE_WA_PER_RAI

TENTH: Final = Decimal("0.1")
LARGEST_SQUARE_METRES: Final = Decimal(10) ** 12
"""More than the whole of Thailand (5.13 × 10¹¹ m²): anything above is a slip of the keyboard."""

FINEST_EXPONENT: Final = -12
_EXACT: Final = Context(prec=60)


class AreaInvalid(LandError):
    """A number that cannot be a land area."""

    code = "area_invalid"
    message = gettext_noop(
        "{value} is not a land area. An area is a number from 0 to 1,000,000 square kilometres "
        "with at most 12 decimals. Check the figure and write it again."
    )


class AreaUnreadable(LandError):
    """Text that does not follow the rai-ngan-wa grammar."""

    code = "area_unreadable"
    message = gettext_noop(
        "“{text}” cannot be read as rai-ngan-square wa. Write it as 2-1-50.5 or "
        "2 ไร่ 1 งาน 50.5 ตร.ว., with ngan below 4 and square wa below 100."
    )


class RaiNganWa(NamedTuple):
    """An area as a deed writes it. ``str()`` gives ``2-1-50.5``."""

    rai: int
    ngan: int
    wa: Decimal

    def __str__(self) -> str:
        return f"{self.rai}-{self.ngan}-{self.wa:f}"


@dataclass(frozen=True, slots=True, order=True)
class Area:
    """An exact area in square metres. Never negative, never rounded by arithmetic."""

    square_metres: Decimal

    def __post_init__(self) -> None:
        value = self.square_metres
        if not isinstance(value, Decimal):
            raise TypeError(f"Area takes a Decimal, not {type(value).__name__}")
        exponent = value.as_tuple().exponent
        if (
            not isinstance(exponent, int)  # NaN and infinity carry a letter here
            or not 0 <= value <= LARGEST_SQUARE_METRES
            or exponent < FINEST_EXPONENT
        ):
            raise AreaInvalid(value=str(value))

    @classmethod
    def from_rai(
        cls, rai: int = 0, ngan: int = 0, wa: Decimal | int = 0, hundredths: int = 0
    ) -> Area:
        """The area of ``rai``-``ngan``-``wa``, plus ``hundredths`` of a square wa.

        ``hundredths`` is the column เศษ of the files that land offices send to local authorities
        under section 10 of the Land and Building Tax Act B.E. 2562. Ngan from 4 and wa from 100
        upward are accepted (they add up); negative parts are not.
        """
        parts = (rai, ngan, Decimal(wa), hundredths)
        if any(part < 0 for part in parts) or not Decimal(wa).is_finite():
            raise AreaInvalid(value="-".join(str(part) for part in parts))
        with localcontext(_EXACT):
            whole = rai * SQUARE_WA_PER_RAI + ngan * SQUARE_WA_PER_NGAN
            return cls.from_square_wa(whole + Decimal(wa) + Decimal(hundredths) / 100)

    @classmethod
    def from_square_wa(cls, square_wa: Decimal | int) -> Area:
        """The area of so many square wa (ตารางวา, 4 m² each)."""
        with localcontext(_EXACT):
            return cls(Decimal(square_wa) * SQUARE_METRES_PER_SQUARE_WA)

    @classmethod
    def measured(cls, square_metres: float) -> Area:
        """An area computed from coordinates, on a grid of 0.0001 m² (half up).

        A binary float carries no exact decimal; a square of 1 mm coordinates has nothing to say
        below that grid.
        """
        try:
            with localcontext(_EXACT):
                return cls(Decimal(square_metres).quantize(Decimal("0.0001"), ROUND_HALF_UP))
        except InvalidOperation:
            raise AreaInvalid(value=str(square_metres)) from None

    @classmethod
    def parse(cls, text: str) -> Area:
        """Read ``2-1-50.5``, ``2 ไร่ 1 งาน 50.5 ตร.ว.``, ``๑๐๐ ตารางวา`` or ``800 m²``.

        Thai and full-width digits, thousands commas and left-out parts are accepted; an
        impossible ``2-5-0`` or ``0-0-120`` is refused, since it is a slip and not an area.
        """
        return _parse(text)

    @property
    def square_wa(self) -> Decimal:
        """The exact area in square wa; the quantity that land prices multiply."""
        with localcontext(_EXACT):
            return self.square_metres / SQUARE_METRES_PER_SQUARE_WA

    @property
    def rai(self) -> Decimal:
        """The exact area in rai, as a decimal number."""
        with localcontext(_EXACT):
            return self.square_metres / SQUARE_METRES_PER_RAI

    def to_rai(self, step: Decimal = TENTH) -> RaiNganWa:
        """Write the area as rai-ngan-wa, rounded half up to ``step`` square wa.

        Rounding comes before splitting, so 99.96 wa becomes the next ngan instead of an
        impossible "100.0 wa". ``step`` is any positive size that divides 100 square wa evenly.
        """
        rounded = self.rounded(step).square_wa
        with localcontext(_EXACT):
            ngan, wa = divmod(rounded, SQUARE_WA_PER_NGAN)
            rai, rest = divmod(int(ngan), NGAN_PER_RAI)
            return RaiNganWa(rai, rest, wa.quantize(step))

    def to_hundredths(self) -> tuple[int, int, int, int]:
        """Rai, ngan, whole square wa and hundredths (เศษ): the columns of a section-10 file."""
        rai, ngan, wa = self.to_rai(Decimal("0.01"))
        whole, hundredths = divmod(int(wa * 100), 100)
        return rai, ngan, whole, hundredths

    def rounded(self, step: Decimal = TENTH) -> Area:
        """The nearest multiple of ``step`` square wa; a half goes up."""
        with localcontext(_EXACT):
            if step <= 0 or SQUARE_WA_PER_NGAN % step:
                raise ValueError(f"step must divide 100 square wa evenly, got {step}")
            steps = (self.square_wa / step).quantize(Decimal(1), ROUND_HALF_UP)
            return Area.from_square_wa(steps * step)

    def apportion(
        self, weights: Sequence[int | float | Decimal | Fraction], step: Decimal = TENTH
    ) -> list[Area]:
        """Divide the area among ``weights`` so that the parts add up to it exactly.

        Each part is a whole number of ``step`` square wa; the steps left over go to the largest
        remainders, ties to the earlier part. What is finer than a step stays with the first
        part of the largest weight, so a legal area is conserved to the last decimal.
        """
        shares = [Fraction(weight) for weight in weights]
        total = sum(shares, Fraction())
        if not shares or min(shares) < 0 or total <= 0:
            raise ValueError("weights must be zero or more, and not all zero")
        with localcontext(_EXACT):
            steps = int(self.square_wa // step)
            finer = Area.from_square_wa(self.square_wa - steps * step)
            exact = [steps * share / total for share in shares]
            whole = [int(share) for share in exact]
            remainders = sorted(range(len(exact)), key=lambda i: (whole[i] - exact[i], i))
            for i in remainders[: steps - sum(whole)]:
                whole[i] += 1
            parts = [Area.from_square_wa(count * step) for count in whole]
        heir = shares.index(max(shares))
        parts[heir] = parts[heir] + finer
        return parts

    def __add__(self, other: Area) -> Area:
        with localcontext(_EXACT):
            return Area(self.square_metres + other.square_metres)

    def __sub__(self, other: Area) -> Area:
        """What is left; raises `AreaInvalid` when ``other`` is the larger one."""
        with localcontext(_EXACT):
            return Area(self.square_metres - other.square_metres)

    def __bool__(self) -> bool:
        return bool(self.square_metres)

    def __str__(self) -> str:
        return str(self.to_rai())


ZERO: Final = Area(Decimal(0))


def total_area(areas: Iterable[Area]) -> Area:
    """The exact sum; zero for none."""
    return sum(areas, ZERO)


_NUMBER = r"\d{1,12}(?:\.\d{1,12})?"
_DASHED = re.compile(
    rf"(?P<rai>\d{{1,9}})\s?[-/]\s?(?P<ngan>\d)\s?[-/]\s?(?P<wa>{_NUMBER})", re.ASCII
)
_RAI = r"(?P<rai>{n})\s?(?:ไร่|rai)"
_NGAN = r"(?P<ngan>{n})\s?(?:งาน|ngan)"
_WA = (
    r"(?P<wa>{n})\s?(?:ตารางวา|ตร\.?\s?วา|ตร\.?\s?ว\.?|วา|"
    r"sq(?:uare|\.)?\s?wah?|wah?²|wah?)"
)
_WORDED = re.compile(
    rf"(?:{_RAI})?[\s,]*(?:{_NGAN})?[\s,]*(?:{_WA})?".replace("{n}", _NUMBER),
    re.IGNORECASE | re.ASCII,
)
_METRIC = re.compile(
    rf"(?P<m2>{_NUMBER})\s?(?:ตารางเมตร|ตร\.?\s?เมตร|ตร\.?\s?ม\.?|m²|m2|sq\.?\s?m\.?|sqm)",
    re.IGNORECASE | re.ASCII,
)
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))", re.ASCII)


def _parse(text: str) -> Area:
    if len(text) > 100:
        raise AreaUnreadable(text=text[:100] + "…")
    written = _THOUSANDS.sub("", typed_text(text))
    if metric := _METRIC.fullmatch(written):
        return Area(Decimal(metric["m2"]))
    match = _DASHED.fullmatch(written) or _WORDED.fullmatch(written)
    if match is None or not any(match.groups()):
        raise AreaUnreadable(text=text)
    rai, ngan, wa = (Decimal(match[part] or 0) for part in ("rai", "ngan", "wa"))
    only_wa = match["rai"] is None and match["ngan"] is None
    if (
        (rai % 1 or ngan % 1)
        or (match["rai"] is not None and ngan >= NGAN_PER_RAI)
        or (wa >= SQUARE_WA_PER_NGAN and not only_wa)
    ):
        raise AreaUnreadable(text=text)
    return Area.from_rai(int(rai), int(ngan), wa)
