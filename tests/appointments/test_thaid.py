"""Who signs in with ThaID gets a confirmed name into the form, and nothing else is kept."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.utils import timezone

from appointments.models import Booking
from appointments.services.bookings import booking_hold
from appointments.thaid.provider import provider
from appointments.thaid.tokens import Key, TokenUnusable, claims_of
from tests.appointments.identity import Identities, b64, running, signed
from tests.factories import a_service, a_slot, an_offer

pytestmark = pytest.mark.django_db
BACK = "/appointments/thaid/back/"


@pytest.fixture
def there(settings: Any) -> Iterator[Identities]:
    with running() as server:
        settings.CHANOT_THAID_CLIENT, settings.CHANOT_THAID_SECRET = server.client, server.secret
        settings.CHANOT_THAID_ISSUER = server.issuer
        settings.CHANOT_THAID_AUTHORIZE_URL = f"{server.issuer}/auth/"
        settings.CHANOT_THAID_TOKEN_URL = f"{server.issuer}/token/"
        settings.CHANOT_THAID_KEYS_URL = f"{server.issuer}/keys"
        yield server


@pytest.fixture
def hold() -> Booking:
    slot = a_slot(a_service(), timezone.now() + timedelta(days=2))
    return booking_hold(slot=an_offer(slot), now=timezone.now())


def begin(client: Client, hold: Booking) -> str:
    answer = client.get(f"/appointments/{hold.token}/thaid/")
    assert answer.status_code == 302
    return str(answer["Location"])


def state_of(address: str) -> str:
    return parse_qs(urlsplit(address).query)["state"][0]


def sign_in(client: Client, there: Identities, hold: Booking, **query: str) -> Any:
    address = begin(client, hold)
    given = {"code": there.code_for(address), "state": state_of(address)} | query
    return client.get(BACK, given)


def send(client: Client, hold: Booking, name: str) -> None:
    form = {"slot": an_offer(hold.slot), "name": name, "phone": "0812345678", "people": "1"}
    assert client.post(f"/appointments/{hold.token}/details/", form).status_code == 302


def is_verified(hold: Booking) -> bool:
    hold.refresh_from_db()
    return hold.is_name_verified


def test_a_confirmed_name_is_filled_in_and_stays_marked(
    client: Client, there: Identities, hold: Booking
) -> None:
    there.changed = {"pid": "1101700230708", "birthdate": "1990-01-01"}
    answer = sign_in(client, there, hold)
    assert answer["Location"] == f"/appointments/{hold.token}/details/"
    page = client.get(answer["Location"]).content.decode()
    assert 'value="สมหญิง ใจดี"' in page
    send(client, hold, "สมหญิง ใจดี")
    hold.refresh_from_db()
    assert (hold.status, hold.name, hold.is_name_verified) == ("booked", "สมหญิง ใจดี", True)
    kept = [str(value) for row in Booking.objects.values() for value in row.values()]
    assert not [value for value in kept if "1101700230708" in value]


def test_who_changes_the_name_loses_the_mark(
    client: Client, there: Identities, hold: Booking
) -> None:
    sign_in(client, there, hold)
    send(client, hold, "คนอื่น")
    hold.refresh_from_db()
    assert (hold.status, hold.is_name_verified) == ("booked", False)


def test_the_national_number_is_not_asked_for(
    client: Client, there: Identities, hold: Booking
) -> None:
    query = parse_qs(urlsplit(begin(client, hold)).query)
    assert "pid" not in query["scope"][0].split()
    assert query["code_challenge_method"] == ["S256"]
    assert query["redirect_uri"] == [f"http://127.0.0.1:8000{BACK}"]


A_DAY = 86_400  # the run may take long after these are collected


@pytest.mark.parametrize(
    "changed",
    [
        {"nonce": "another"}, {"nonce": None}, {"iss": "https://evil.example"}, {"aud": "other"},
        {"aud": ["other", "chanot"]}, {"aud": []}, {"exp": 1}, {"exp": "9999999999"},
        {"exp": True}, {"iat": time.time() + A_DAY}, {"nbf": time.time() + A_DAY}, {"sub": ""},
        {"given_name": "", "family_name": ""}, {"given_name": "1\u202e", "family_name": "2"},
    ],
)  # fmt: skip
def test_a_token_that_proves_nothing_fills_in_nothing(
    client: Client, there: Identities, hold: Booking, changed: dict[str, Any]
) -> None:
    there.changed = changed
    answer = sign_in(client, there, hold)
    assert answer["Location"] == f"/appointments/{hold.token}/details/"
    assert not is_verified(hold)
    assert "ThaID" in client.get(answer["Location"]).content.decode()


def hs256_with_the_public_key(claims: dict[str, Any]) -> str:
    return signed(claims, alg="HS256")


def tampered(claims: dict[str, Any]) -> str:
    head, _, signature = signed(claims).split(".")
    return f"{head}.{signed(claims | {'given_name': 'ใครก็ได้'}).split('.')[1]}.{signature}"


@pytest.mark.parametrize(
    "token",
    [
        lambda claims: signed(claims, alg="none"), lambda claims: signed(claims, alg="None"),
        hs256_with_the_public_key, tampered, lambda claims: signed(claims, kid="unknown"),
        lambda claims: signed(claims, crit=["b64"]), lambda claims: signed(claims)[:-4],
        lambda claims: f"{signed(claims)[:-342]}{'A' * 342}", lambda _: "", lambda _: "a.b.c",
        lambda _: f"{b64(b'[]')}.{b64(b'{}')}.AA", lambda claims: f"{signed(claims)}.x",
    ],
)  # fmt: skip
def test_a_token_that_is_not_signed_by_the_provider_fills_in_nothing(
    client: Client, there: Identities, hold: Booking, token: Any
) -> None:
    there.token = token
    sign_in(client, there, hold)
    assert not is_verified(hold)


@pytest.mark.parametrize("state", ["", "another", "ก"])
def test_a_strange_state_reaches_neither_provider_nor_booking(
    client: Client, there: Identities, hold: Booking, state: str
) -> None:
    answer = sign_in(client, there, hold, state=state)
    assert answer["Location"] == "/appointments/offices/"
    assert there.asked == []
    assert not is_verified(hold)


def test_another_browser_cannot_bring_the_code(
    client: Client, there: Identities, hold: Booking
) -> None:
    address = begin(client, hold)
    query = {"code": there.code_for(address), "state": state_of(address)}
    Client().get(BACK, query)
    assert there.asked == []
    assert not is_verified(hold)


def test_a_code_counts_once(client: Client, there: Identities, hold: Booking) -> None:
    address = begin(client, hold)
    query = {"code": there.code_for(address), "state": state_of(address)}
    cookie = client.cookies["thaid"].value
    client.get(BACK, query)
    assert is_verified(hold)
    Booking.objects.update(is_name_verified=False)
    assert client.get(BACK, query)["Location"] == "/appointments/offices/"
    client.cookies["thaid"] = cookie  # kept by a thief: the provider knows that it was used
    client.get(BACK, query)
    assert not is_verified(hold)


@pytest.mark.parametrize(
    "query",
    [{"code": ""}, {"code": "", "error": "access_denied"}, {"code": "made up"},
     {"iss": "https://evil.example"}],
)  # fmt: skip
def test_what_the_provider_refuses_leads_back_to_the_form(
    client: Client, there: Identities, hold: Booking, query: dict[str, str]
) -> None:
    answer = sign_in(client, there, hold, **query)
    assert answer["Location"] == f"/appointments/{hold.token}/details/"
    assert not is_verified(hold)


def test_no_question_leads_anywhere_else(client: Client, there: Identities, hold: Booking) -> None:
    address = client.get(f"/appointments/{hold.token}/thaid/?next=https://evil.example")["Location"]
    assert address.startswith(f"{there.issuer}/auth/?")
    assert "evil" not in address
    answer = sign_in(
        client, there, hold, next="https://evil.example", redirect_uri="//evil.example"
    )
    assert answer["Location"] == f"/appointments/{hold.token}/details/"


def test_a_provider_that_is_away_leads_back_to_the_form(
    client: Client, there: Identities, hold: Booking, settings: Any
) -> None:
    settings.CHANOT_THAID_TOKEN_URL = "http://127.0.0.1:9/"
    answer = sign_in(client, there, hold)
    assert answer["Location"] == f"/appointments/{hold.token}/details/"
    assert not is_verified(hold)


def test_forged_tokens_do_not_make_the_keys_be_fetched_each_time(
    client: Client, there: Identities, hold: Booking
) -> None:
    there.token = lambda claims: signed(claims, kid="unknown")
    for _ in range(4):
        sign_in(client, there, hold)
    assert there.key_requests == 1


def test_a_hold_that_ran_out_takes_no_name(
    client: Client, there: Identities, hold: Booking
) -> None:
    address = begin(client, hold)
    Booking.objects.update(held_until=timezone.now() - timedelta(seconds=1))
    client.get(BACK, {"code": there.code_for(address), "state": state_of(address)})
    assert not is_verified(hold)


def test_without_its_settings_there_is_no_sign_in(client: Client, hold: Booking) -> None:
    assert client.get(f"/appointments/{hold.token}/thaid/").status_code == 404
    assert client.get(BACK).status_code == 404
    page = client.get(f"/appointments/{hold.token}/details/").content.decode()
    assert "ThaID" not in page


@pytest.mark.parametrize("name", ["ISSUER", "KEYS_URL", "TOKEN_URL", "AUTHORIZE_URL"])
def test_half_of_the_settings_stop_the_start(there: Identities, settings: Any, name: str) -> None:
    for bad in ("", "http://elsewhere.example/") if name != "ISSUER" else ("",):
        setattr(settings, f"CHANOT_THAID_{name}", bad)
        with pytest.raises(ImproperlyConfigured, match=f"CHANOT_THAID_{name}"):
            provider()


def test_the_signature_of_the_standard_is_accepted_and_no_other() -> None:
    """RFC 7515, A.2: its key, its header and claims, its signature."""
    token = (
        "eyJhbGciOiJSUzI1NiJ9."
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
        "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujG"
        "bds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K"
        "0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6"
        "LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
    )
    modulus = (
        "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4Ql"
        "L-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUs"
        "LA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoud"
        "F8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"
    )
    key = Key(int.from_bytes(base64.urlsafe_b64decode(modulus + "==")), 65537)
    assert claims_of(token, {"": key})["iss"] == "joe"
    with pytest.raises(TokenUnusable, match="signature"):
        claims_of(token, {"": Key(key.modulus + 2, key.exponent)})
