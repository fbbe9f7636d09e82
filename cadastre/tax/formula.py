"""Formulas as a step of a calculation writes them, evaluated without the code that made them.

``round(950 × 1200.00)`` is what an officer types into a calculator; `evaluated` does the same in
exact fractions, so that a trace can be checked by somebody who trusts neither side.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Final

_SIGNS: Final = str.maketrans({"×": "*", "÷": "/", "−": "-"})
_OPERATORS: Final[Mapping[type[ast.operator], Callable[[Fraction, Fraction], Fraction]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_SATANG: Final = 100
_FIGURE: Final = re.compile(r"-?[0-9]{1,120}(?:\.[0-9]{1,120}|/[0-9]{1,120})?")
_LONGEST: Final = 4000
"""Letters: a formula comes from anybody, and is not a program."""


def rounded(baht: Fraction) -> Fraction:
    """Baht to two decimals, half up."""
    return Fraction(math.floor(baht * _SATANG + Fraction(1, 2)), _SATANG)


_FUNCTIONS: Final[Mapping[str, Callable[..., Fraction]]] = {
    "round": rounded,
    "floor": lambda number: Fraction(math.floor(number)),
    "ceil": lambda number: Fraction(math.ceil(number)),
    "min": min,
    "max": max,
}


def figure_from(text: str) -> Fraction:
    """A decimal such as ``"950.5"`` or a fraction such as ``"1/3"``; otherwise `ValueError`."""
    if not _FIGURE.fullmatch(text):
        raise ValueError(f"{text[:60]!r} is not a figure")
    return Fraction(text)


def evaluated(formula: str, inputs: Mapping[str, str]) -> Fraction:
    """The value of a formula of + − × ÷, brackets, round (to satang), floor, ceil, min and max.

    ``inputs`` are decimals, or fractions as ``"1/3"``. Anything else, and a name without input,
    is a `ValueError`.
    """
    if len(formula) > _LONGEST:
        raise ValueError("a formula of this length cannot be calculated")
    try:
        numbers = {name: figure_from(text) for name, text in inputs.items()}
        return _value(ast.parse(formula.translate(_SIGNS), mode="eval").body, numbers)
    except (
        SyntaxError,
        KeyError,
        TypeError,
        ZeroDivisionError,
        RecursionError,
        MemoryError,
    ) as error:
        raise ValueError(
            f"the formula {formula[:200]!r} cannot be calculated: {error!r}"
        ) from error


def _value(node: ast.expr, numbers: Mapping[str, Fraction]) -> Fraction:
    match node:
        case ast.Name(id=name):
            return numbers[name]
        case ast.Constant(value=int(number)):
            return Fraction(number)
        case ast.BinOp(left=left, op=sign, right=right):
            return _OPERATORS[type(sign)](_value(left, numbers), _value(right, numbers))
        case ast.Call(func=ast.Name(id=name), args=given, keywords=[]):
            return _FUNCTIONS[name](*(_value(each, numbers) for each in given))
    raise ValueError(f"a formula has no {type(node).__name__}")


def in_figures(formula: str, inputs: Mapping[str, str]) -> str:
    """The formula with the figures in place of the names: ``round(950 × 1200.00)``."""
    words = _split(formula)
    return "".join(inputs.get(word, word) for word in words)


def _split(formula: str) -> list[str]:
    """Names and what stands between them."""
    words: list[str] = []
    for letter in formula:
        is_name = letter.isalnum() or letter == "_"
        if words and is_name and (words[-1][-1].isalnum() or words[-1][-1] == "_"):
            words[-1] += letter
        else:
            words.append(letter)
    return words
