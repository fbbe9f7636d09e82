"""Old sheets are fitted to control on a page: what is typed, what comes out, what is drawn."""

from __future__ import annotations

import contextlib
import math
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from cadastre.digits import to_thai_digits
from cadastre.geodesy import ControlPoint, FitKind, fit_sheet
from offices.models import Role
from surveys.errors import FitLineUnreadable
from surveys.fitting import LONGEST, MOST_LINES, control_typed, picture_of, places_typed
from tests.factories import a_user

TURN, SCALE, EAST, NORTH = math.radians(1.25), 1.0004, 659_000.0, 1_534_000.0
SHEET = [
    ("A", 0.0, 0.0),
    ("B", 100.0, 0.0),
    ("C", 100.0, 80.0),
    ("D", 0.0, 80.0),
    ("E", 50.0, 40.0),
]


def on_grid(x: float, y: float) -> tuple[float, float]:
    cos, sin = SCALE * math.cos(TURN), SCALE * math.sin(TURN)
    return EAST + cos * x + sin * y, NORTH - sin * x + cos * y


def typed(**moved: float) -> str:
    rows = []
    for name, x, y in SHEET:
        east, north = on_grid(x, y)
        rows.append(f"{name} {x} {y} {east + moved.get(name, 0):.4f} {north:.4f}")
    return "\n".join(rows)


@pytest.fixture
def surveyor(client: Client, db: Any) -> Client:
    client.force_login(a_user("surveyor", Role.SURVEYOR))
    client.cookies["django_language"] = "en"
    return client


def fitted(client: Client, **said: str) -> Any:
    body = {"control": typed(), "kind": "similarity"} | said
    return client.post(reverse("survey-sheet-fit"), body)


def test_points_are_carried_over(surveyor: Client) -> None:
    page = fitted(surveyor, places="1 25 60\n2\t10;5")
    assert page.status_code == 200
    for name, place in (("1", (25.0, 60.0)), ("2", (10.0, 5.0))):
        east, north = on_grid(*place)
        assert f"{name}\t{east:.3f}\t{north:.3f}" in page.content.decode()
    assert abs(page.context["fit"].rotation_degrees - 1.25) < 1e-4
    assert abs(page.context["scale_ppm"] - 400) < 1


def test_a_point_that_does_not_fit_is_named(surveyor: Client) -> None:
    assert "does not fit the others" not in fitted(surveyor).content.decode()
    said = fitted(surveyor, control=typed(C=1.5)).content.decode()
    assert "Point C does not fit the others" in said
    assert "survey-network__suspects" in said


def test_exchanged_columns_are_noticed(surveyor: Client) -> None:
    lines = [line.split() for line in typed().splitlines()]
    exchanged = "\n".join(f"{n} {x} {y} {north} {east}" for n, x, y, east, north in lines)
    assert "mirror image" in fitted(surveyor, control=exchanged, kind="affine").content.decode()


@pytest.mark.parametrize(
    ("control", "said"),
    [
        ("A 1 2", "Line 1 cannot be read"), (f"{typed()}\nF 1 2 x 4", "Line 6 cannot be read"),
        ("A 0 0 1 1", "2"), ("", "required"),
    ],
)  # fmt: skip
def test_what_cannot_be_fitted_says_why(surveyor: Client, control: str, said: str) -> None:
    page = fitted(surveyor, control=control)
    assert page.status_code == 422
    assert said in page.content.decode()


def test_it_is_for_who_keeps_surveys(client: Client, db: Any) -> None:
    address = reverse("survey-sheet-fit")
    assert client.get(address).status_code == 302
    client.force_login(a_user("cashier", Role.CASHIER))
    assert client.get(address).status_code == 403


def test_thai_digits_and_grouped_thousands_are_read() -> None:
    written = to_thai_digits("หมุด1; 10.5; 20; 659,000.25; 1,534,000.5; 0.02")
    point = control_typed(written)[0]
    assert point[1:] == ((10.5, 20.0), (659_000.25, 1_534_000.5), 0.02)


def test_more_lines_than_allowed_are_refused() -> None:
    with pytest.raises(FitLineUnreadable):
        places_typed("a 1 2\n" * (MOST_LINES + 1))


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (control_typed, places_typed):
        with contextlib.suppress(FitLineUnreadable):
            assert len(read(text)) <= len(text.splitlines())


def test_the_longest_misfit_fills_its_room_and_a_perfect_fit_has_none() -> None:
    points = control_typed(typed(C=0.2))
    picture = picture_of(fit_sheet(points, FitKind.SIMILARITY))
    longest = max(math.hypot(v.to_x - v.x, v.to_y - v.y) for v in picture.vectors)
    assert abs(longest - LONGEST) < 0.2
    exact = [ControlPoint(n, (x, y), (x, y)) for n, x, y in SHEET]
    assert picture_of(fit_sheet(exact)).bar_mm == pytest.approx(0, abs=1e-6)
