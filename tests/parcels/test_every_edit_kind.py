"""Every kind of transaction that moves boundaries, from the editor to the register by pages."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from parcels.models import Parcel, Transaction
from parcels.views.editor_page import TOOLS_OF_KIND
from tests.factories import a_party
from tests.parcels.editing.block import a_plot, is_coverage, officers, place

pytestmark = pytest.mark.django_db
Status = Transaction.Status
LINE = {"op": "divide_line", "line": place((15, -1), (15, 41))}


def edit_of(kind: str) -> dict[str, Any]:
    """What the editor sends of each kind, about plots that it makes."""
    owner = a_party("ทองดี")
    one, other = a_plot(0, owner=owner), a_plot(1, owner=owner)
    first, second = one.public_id, other.public_id
    chosen = [{"op": "choose", "parcel": first}]
    moved = [{"op": "move_mark", "mark": place((40, 40)), "to": place((41, 40))}]
    measured = {
        "op": "replace", "parcel": first, "ring": place((0, 0), (40, 0), (40, 40), (-2, 40)),
    }  # fmt: skip
    title = {
        "sub_district": "120401", "map_sheet": one.map_sheet_id, "tax_block": "01A",
        "local_authority": one.local_authority.code, "holders": [{"party": owner.pk}],
    }  # fmt: skip
    return {
        "divide": {"operations": [LINE | {"parcel": first}]},
        "divide_public": {
            "operations": [LINE | {"parcel": first}],
            "choices": {"public": [0], "keeps_number": 1, "facts": {"0": {"land_use": "road"}}},
        },
        "merge": {"operations": [{"op": "merge", "parcels": [first, second]}]},
        "boundary_correction": {"operations": moved, "choices": {"consent": "บันทึก 1/2569"}},
        "re_survey": {"operations": [measured]},
        "area_correction": {"operations": chosen, "choices": {"areas": {"0": "1-0-0.5"}}},
        "new_registration": {"operations": [{
            "op": "new_parcel", "ring": place((80, 0), (120, 0), (120, 40), (80, 40)),
        }], "choices": {"title": title}},
        "data_repair": {
            "operations": chosen, "choices": {"facts": {"0": {"house_number": "12/3"}}},
        },
    }[kind]  # fmt: skip


@pytest.mark.parametrize("kind", TOOLS_OF_KIND)
def test_every_kind_goes_from_the_editor_to_the_register(kind: str) -> None:
    edit = edit_of(kind)
    maker, checker = Client(), Client()
    for client, user in zip((maker, checker), officers(), strict=True):
        client.force_login(user)
    source = {"kind": "application", "reference": "12/2569"}
    survey = {"reference": "ร.ว. 9 ที่ 5/2569", "survey_class": "first"}
    body = edit | {"kind": kind, "source": source, "reason": "คำขอ"}
    if kind in {"boundary_correction", "re_survey"}:
        body["survey"] = survey
    answer = maker.post(
        reverse("editor-draft"), json.dumps(body), content_type="application/json",
        headers={"accept": "application/json"},
    )  # fmt: skip
    assert answer.status_code == 200, answer.content.decode()
    act = Transaction.objects.get(public_id=answer.json()["transaction"])
    for client, do in ((maker, "submit"), (checker, "approve"), (checker, "register")):
        shown = client.get(reverse("transaction-detail", args=[act.public_id]))
        assert shown.status_code == 200
        act.refresh_from_db()
        said = {"do": do, "shown": act.content_hash}
        done = client.post(reverse("transaction-decide", args=[act.public_id]), said)
        assert done.status_code == 302, done.content.decode()[-6000:]
    act.refresh_from_db()
    assert act.status == Status.REGISTERED
    touched = Parcel.objects.filter(created_by=act) | Parcel.objects.filter(changed_by=act)
    assert touched.exists()
    assert is_coverage()
