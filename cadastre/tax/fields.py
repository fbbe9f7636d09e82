"""Field types of the declaration: exact, bounded, and refused with evidence instead of prose.

Each is put in ``Annotated`` and raises a pydantic error whose type and context
`cadastre.tax.declaration` turns into an `InvalidInput`.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

_DIGITS = re.compile(r"[0-9]{1,9}")
_NUMBER = re.compile(r"(?P<whole>[0-9]{1,20})(?:\.(?P<part>[0-9]{1,20}))?")


class _Reader:
    """Reads the raw value before pydantic checks its type."""

    def read(self, value: object) -> object:
        raise NotImplementedError

    def json_schema(self) -> dict[str, Any]:
        raise NotImplementedError

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self.read, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        del schema, handler
        return self.json_schema()


@dataclass(frozen=True)
class Exact(_Reader):
    """A decimal of zero or more: ``"1200.50"`` or ``1200``, never a binary float."""

    digits: int
    decimals: int

    def read(self, value: object) -> Decimal:
        if isinstance(value, str):
            if len(value) <= self.digits + self.decimals + 1 and self._fits(value):
                return Decimal(value)
        elif (
            isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**self.digits
        ):
            return Decimal(value)
        raise PydanticCustomError(
            "decimal", "not exact", {"digits": self.digits, "decimals": self.decimals}
        )

    def _fits(self, text: str) -> bool:
        match = _NUMBER.fullmatch(text)
        return (
            match is not None
            and len(match["whole"]) <= self.digits
            and len(match["part"] or "") <= self.decimals
        )

    def json_schema(self) -> dict[str, Any]:
        pattern = rf"^[0-9]{{1,{self.digits}}}(\.[0-9]{{1,{self.decimals}}})?$"
        return {
            "anyOf": [
                {"type": "string", "pattern": pattern},
                {"type": "integer", "minimum": 0, "exclusiveMaximum": 10**self.digits},
            ]
        }


@dataclass(frozen=True)
class Whole(_Reader):
    """A whole number within bounds; its digits in quotation marks are accepted too."""

    least: int
    most: int

    def read(self, value: object) -> int:
        if isinstance(value, str) and _DIGITS.fullmatch(value):
            value = int(value)
        if (
            isinstance(value, int)
            and not isinstance(value, bool)
            and self.least <= value <= self.most
        ):
            return value
        raise PydanticCustomError(
            "whole", "out of bounds", {"least": self.least, "most": self.most}
        )

    def json_schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


_PART = r"[0-9]{1,6}(\.[0-9]{1,12}|/[1-9][0-9]{0,5})?"


@dataclass(frozen=True)
class Part(_Reader):
    """A part of a whole, as a fraction or a decimal in quotation marks: ``"1/3"``, ``"0.25"``."""

    def read(self, value: object) -> Fraction:
        if isinstance(value, str) and re.fullmatch(_PART, value, re.ASCII):
            part = Fraction(value)
            if part <= 1:
                return part
        raise PydanticCustomError("part", "not a part")

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^{_PART}$"}


@dataclass(frozen=True)
class Day(_Reader):
    """A day as ``"2026-01-31"``, common era; a date is taken as it is."""

    def read(self, value: object) -> date:
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value, re.ASCII):
            with suppress(ValueError):
                return date.fromisoformat(value)
        raise PydanticCustomError("day", "not a day")

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date"}


@dataclass(frozen=True)
class OneOf(_Reader):
    """One of the words of an enumeration."""

    words: type[StrEnum]

    def read(self, value: object) -> StrEnum:
        known = [each.value for each in self.words]
        if isinstance(value, str) and value in known:
            return self.words(value)
        raise PydanticCustomError("one_of", "not listed", {"expected": ", ".join(known)})

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": [each.value for each in self.words]}
