"""The addresses of the parcel editor: for officers of the office, strict about what they take."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from offices.models import Role, User
from parcels.models import Parcel as Plot
from parcels.models import ParcelVersion, ProposedParcel, Transaction
from parcels.views.editor_requests import LARGEST_BODY
from tests.factories import a_land_office, a_parcel, a_party, a_square, a_title, a_user

pytestmark = pytest.mark.django_db
JSON = {"HTTP_ACCEPT": "application/json", "content_type": "application/json"}
PREVIEW, DRAFT, PARCELS = (f"/office/editor/{name}/" for name in ("preview", "draft", "parcels"))
OWNER = "ดาวเรืองผู้ถือกรรมสิทธิ์"


@pytest.fixture
def officer() -> User:
    return a_user("officer", Role.LAND_OFFICER)


@pytest.fixture
def parcel() -> Plot:
    return a_parcel(ba_unit=a_title(a_party(OWNER), deed_number="5001"), land_number="21")


@pytest.fixture
def signed_in(client: Client, officer: User) -> Client:
    client.force_login(officer)
    return client


def equal(parcel: Plot, count: int = 2) -> list[dict[str, Any]]:
    return [{"op": "divide_equal", "parcel": parcel.public_id, "count": count}]


def a_body(parcel: Plot, **said: Any) -> dict[str, Any]:
    return {"kind": "divide", "operations": equal(parcel)} | said


def a_draft(parcel: Plot, **said: Any) -> dict[str, Any]:
    source = {"kind": "application", "reference": "12/2569", "date": "20 พ.ย. 2569"}
    return a_body(parcel, source=source, reason="คำขอ") | said


def post(client: Client, address: str, body: Any) -> tuple[int, dict[str, Any]]:
    said = body if isinstance(body, str | bytes) else json.dumps(body)
    response = client.post(address, said, **JSON)  # type: ignore[arg-type]
    return response.status_code, response.json()


def around(parcel: Plot) -> str:
    return ",".join(str(each) for each in parcel.geometry.buffer(0.001).extent)


def test_strangers_sign_in_first(client: Client, parcel: Plot) -> None:
    for address in ("/office/editor/", f"{PARCELS}?bbox={around(parcel)}"):
        assert client.get(address).status_code == 302
    assert client.post(PREVIEW, json.dumps(a_body(parcel)), **JSON).status_code == 302  # type: ignore[arg-type]


@pytest.mark.parametrize("role", [Role.CHECKER, Role.SURVEYOR, Role.TAX_OFFICER, Role.MANAGER])
def test_who_does_not_edit_may_not_open_the_editor(
    client: Client, parcel: Plot, role: Role
) -> None:
    client.force_login(a_user("other", role))
    assert client.get("/office/editor/").status_code == 403
    assert post(client, PREVIEW, a_body(parcel))[0] == 403
    assert post(client, DRAFT, a_draft(parcel))[0] == 403


def test_no_request_is_taken_without_its_token(officer: User, parcel: Plot) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(officer)
    response = strict.post(DRAFT, json.dumps(a_draft(parcel)), **JSON)  # type: ignore[arg-type]
    assert response.status_code == 403
    assert not ProposedParcel.objects.exists()


def test_the_page_begins_with_what_the_address_asks(signed_in: Client, parcel: Plot) -> None:
    page = signed_in.get(f"/office/editor/?parcel={parcel.public_id}&kind=re_survey")
    begun = page.context["editor"]
    assert [each["id"] for each in begun["subjects"]] == [parcel.public_id]
    assert begun["kind"] == "re_survey"
    unknown = signed_in.get("/office/editor/?parcel=nothing&kind=mortgage").context["editor"]
    assert unknown["subjects"] == []
    assert unknown["refused"]
    assert unknown["kind"] == "divide"


def test_a_preview_divides_and_stores_nothing(signed_in: Client, parcel: Plot) -> None:
    before = (ParcelVersion.objects.count(), Transaction.objects.count())
    status, found = post(signed_in, PREVIEW, a_body(parcel))
    assert status == 200
    assert [piece["name"] for piece in found["pieces"]] == ["#1", "#2"]
    legal = [Decimal(piece["legal"]["m2"]) for piece in found["pieces"]]
    assert sum(legal) == parcel.legal_area_m2
    assert found["replaces"] == [parcel.public_id]
    assert all(len(each["line"]) == 2 for each in found["pieces"][0]["sides"])
    assert (ParcelVersion.objects.count(), Transaction.objects.count()) == before


def test_a_draft_is_kept_with_its_source(signed_in: Client, officer: User, parcel: Plot) -> None:
    status, answer = post(signed_in, DRAFT, a_draft(parcel))
    act = Transaction.objects.get(public_id=answer["transaction"])
    assert status == 200
    assert answer["url"].endswith(f"/{act.public_id}/")
    assert (act.maker, act.status, act.reason) == (officer, "draft", "คำขอ")
    assert act.source.issued_on is not None
    assert act.source.issued_on.isoformat() == "2026-11-20"


def test_the_page_opens_a_draft_again(signed_in: Client, parcel: Plot) -> None:
    _, answer = post(signed_in, DRAFT, a_draft(parcel))
    begun = signed_in.get(f"/office/editor/?transaction={answer['transaction']}").context["editor"]
    assert begun["operations"] == equal(parcel)
    assert begun["source"]["reference"] == "12/2569"
    again = a_draft(parcel, operations=equal(parcel, 3), transaction=answer["transaction"])
    assert post(signed_in, DRAFT, again) == (200, answer)
    act = Transaction.objects.get(public_id=answer["transaction"])
    assert act.proposed.filter(role="piece").count() == 3


def test_a_draft_of_another_is_neither_opened_nor_overwritten(
    signed_in: Client, parcel: Plot
) -> None:
    _, answer = post(signed_in, DRAFT, a_draft(parcel))
    signed_in.force_login(a_user("colleague", Role.LAND_OFFICER))
    page = signed_in.get(f"/office/editor/?transaction={answer['transaction']}")
    assert page.context["editor"]["operations"] == []
    assert page.context["editor"]["refused"]
    taken = a_draft(parcel, transaction=answer["transaction"])
    assert post(signed_in, DRAFT, taken)[0] == 403
    status, refusal = post(signed_in, DRAFT, a_draft(parcel))
    assert (status, refusal["code"]) == (409, "parcel_claimed")
    assert "officer" in refusal["detail"]


def test_another_office_finds_nothing_of_it(
    client: Client, signed_in: Client, parcel: Plot
) -> None:
    _, answer = post(signed_in, DRAFT, a_draft(parcel))
    client.force_login(a_user("far", Role.LAND_OFFICER, office=a_land_office("LO-FAR")))
    assert client.get(f"/office/editor/?transaction={answer['transaction']}").status_code == 404
    assert client.get(f"/office/editor/?parcel={parcel.public_id}").context["editor"]["refused"]
    assert client.get(f"{PARCELS}?q=5001", **JSON).json()["parcels"] == []  # type: ignore[arg-type]
    assert post(client, PREVIEW, a_body(parcel))[1]["code"] == "parcel_not_editable"


def test_the_view_tells_parcels_and_who_works_on_them(signed_in: Client, parcel: Plot) -> None:
    a_parcel(geometry=a_square(lon=100.4704), land_number="22")
    post(signed_in, DRAFT, a_draft(parcel))
    response = signed_in.get(f"{PARCELS}?bbox={around(parcel)}", **JSON)  # type: ignore[arg-type]
    told = {each["short"]: each for each in response.json()["parcels"]}
    assert set(told) == {"21", "22"}
    assert told["21"]["claim"]["maker"] == "officer"
    assert told["22"]["claim"] is None
    (pending,) = response.json()["pending"]
    assert pending["geometries"]
    assert OWNER not in response.content.decode()


def test_a_parcel_is_found_by_its_deed_number(signed_in: Client, parcel: Plot) -> None:
    found = signed_in.get(f"{PARCELS}?q=๕๐๐๑", **JSON).json()["parcels"]  # type: ignore[arg-type]
    assert [each["id"] for each in found] == [parcel.public_id]


@pytest.mark.parametrize("bbox", ["", "1,2,3", "a,b,c,d", "NaN,0,1,1", "97,5,105,20", "2,2,1,1"])
def test_a_view_that_is_no_small_box_is_refused(signed_in: Client, bbox: str) -> None:
    response = signed_in.get(f"{PARCELS}?bbox={bbox}", **JSON)  # type: ignore[arg-type]
    assert response.status_code == 422
    assert response.json()["code"] == "bounds_unusable"
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "null",
        "[]",
        "{",
        '{"kind": "divide"}',
        '{"kind": "divide", "operations": NaN}',
        '{"kind": "mortgage", "operations": []}',
        '{"kind": "divide", "operations": [], "extra": 1}',
        "[" * 200_000,
        b"\xff\xfe",
    ],
    ids=range(10),
)
def test_a_body_that_is_no_edit_is_refused(signed_in: Client, body: str | bytes) -> None:
    status, answer = post(signed_in, PREVIEW, body)
    assert status == 422
    assert answer["code"] == "edit_request_unreadable"


def test_a_step_that_is_none_is_named(signed_in: Client, parcel: Plot) -> None:
    steps = [*equal(parcel), {"op": "explode", "parcel": parcel.public_id}]
    status, answer = post(signed_in, PREVIEW, a_body(parcel, operations=steps))
    assert (status, answer["code"]) == (422, "operation_unreadable")
    assert "2" in answer["detail"]


def test_too_many_points_or_bytes_are_refused(signed_in: Client, parcel: Plot) -> None:
    line = {"crs": 4326, "points": [[100.47, 13.87]] * 1_500}
    step = {"op": "divide_line", "parcel": parcel.public_id, "line": line}
    status, answer = post(signed_in, PREVIEW, a_body(parcel, operations=[step, step]))
    assert (status, answer["code"]) == (413, "edit_request_too_large")
    status, answer = post(signed_in, PREVIEW, " " * (LARGEST_BODY + 1))
    assert (status, answer["code"]) == (413, "edit_request_too_large")


def test_a_refusal_has_its_place_in_degrees(signed_in: Client, parcel: Plot) -> None:
    outside = {"crs": 4326, "points": [[100.468, 13.87], [100.4681, 13.8701]]}
    step = {"op": "divide_line", "parcel": parcel.public_id, "line": outside}
    status, answer = post(signed_in, PREVIEW, a_body(parcel, operations=[step]))
    assert (status, answer["code"]) == (422, "line_misses_parcel")
    lon, lat = answer["place"]
    assert 100.46 < lon < 100.48
    assert 13.86 < lat < 13.88


def test_a_line_still_being_drawn_may_fail_without_ado(signed_in: Client, parcel: Plot) -> None:
    outside = {"crs": 4326, "points": [[100.468, 13.87], [100.4681, 13.8701]]}
    step = {"op": "divide_line", "parcel": parcel.public_id, "line": outside}
    body = a_body(parcel, operations=[step], tentative=True)
    status, answer = post(signed_in, PREVIEW, body)
    assert status == 200
    assert answer["refused"]


@pytest.mark.parametrize("date", ["31/02/2569", "20/11/69", "yesterday"])
def test_a_date_that_is_none_is_refused_by_name(signed_in: Client, parcel: Plot, date: str) -> None:
    body = a_draft(parcel, source={"kind": "application", "reference": "1", "date": date})
    status, answer = post(signed_in, DRAFT, body)
    assert status == 422
    assert answer["errors"][0]["field"] == "source.date"
    assert not ProposedParcel.objects.exists()
