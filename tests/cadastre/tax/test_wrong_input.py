"""Every wrong question is refused, and the refusal names the field."""

from __future__ import annotations

import copy
import json
import pickle
import string
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import cadastre
from cadastre.errors import InvalidInput
from cadastre.tax import InvalidDeclaration, estimate
from cadastre.tax.declaration import Declaration
from cadastre.tax.model import Kind, Property, Use, UsePart

QUESTION = {
    "tax_year": 2026,
    "owner": "individual",
    "properties": [
        {
            "kind": "land_and_building",
            "use": "residential",
            "land": {"rai": 2, "ngan": 1, "wa": "50", "price_per_wa": "1200"},
            "buildings": [
                {
                    "structure": "masonry",
                    "floor_area_m2": "120",
                    "price_per_m2": "7500",
                    "age_years": 12,
                }
            ],
            "in_house_registration": False,
            "years_vacant": 0,
            "relief": None,
        }
    ],
}
GONE = object()
P = ("properties", 0)
FLOOR = (*P, "buildings", 0)
LAND = (*P, "land")
APPRAISED = {"land": GONE, "buildings": GONE, "appraised_value": "5000000"}


def changed(changes: dict[tuple[str | int, ...], object]) -> dict[str, object]:
    question = copy.deepcopy(QUESTION)
    for path, value in changes.items():
        place = question
        for key in path[:-1]:
            place = place[key]
        if value is GONE:
            place.pop(path[-1], None)
        else:
            place[path[-1]] = value
    return question


def prop(**fields: object) -> dict[tuple[str | int, ...], object]:
    return {(*P, name): value for name, value in fields.items()}


MEASURED = [{"use": "other", "area_m2": "120"}]
WRONG = [
    # shape
    ({("tax_year",): GONE}, ("tax_year",), "field_missing"),
    ({("tax_year",): 2019}, ("tax_year",), "not_whole"),
    ({("tax_year",): 2101}, ("tax_year",), "not_whole"),
    ({("tax_year",): 2569}, ("tax_year",), "buddhist_year"),
    ({("tax_year",): "๒๕๖๙"}, ("tax_year",), "not_whole"),
    ({("tax_year",): True}, ("tax_year",), "not_whole"),
    ({("tax_year",): 2026.0}, ("tax_year",), "not_whole"),
    ({("owner",): "king"}, ("owner",), "not_one_of"),
    ({("owner",): 1}, ("owner",), "not_one_of"),
    ({("owner",): None}, ("owner",), "not_one_of"),
    ({("colour",): "red"}, ("colour",), "field_unknown"),
    ({("properties",): []}, ("properties",), "wrong_length"),
    ({("properties",): [QUESTION["properties"][0]] * 101}, ("properties",), "wrong_length"),
    ({("properties",): {}}, ("properties",), "not_a_list"),
    ({("properties",): [7]}, P, "not_an_object"),
    (prop(kind="boat"), (*P, "kind"), "not_one_of"),
    (prop(kind=GONE), (*P, "kind"), "field_missing"),
    (prop(use="casino"), (*P, "use"), "not_one_of"),
    (prop(owner_name="x"), (*P, "owner_name"), "field_unknown"),
    (prop(in_house_registration="yes"), (*P, "in_house_registration"), "not_yes_or_no"),
    (prop(years_vacant=-1), (*P, "years_vacant"), "not_whole"),
    (prop(relief="friend"), (*P, "relief"), "not_one_of"),
    (prop(joint_base=""), (*P, "joint_base"), "not_text"),
    (prop(land=[]), LAND, "not_an_object"),
    (prop(buildings={}), (*P, "buildings"), "not_a_list"),
    # numbers
    ({(*LAND, "rai"): -1}, (*LAND, "rai"), "not_whole"),
    ({(*LAND, "rai"): 1.5}, (*LAND, "rai"), "not_whole"),
    ({(*LAND, "rai"): 10**7}, (*LAND, "rai"), "not_whole"),
    ({(*LAND, "ngan"): 4}, (*LAND, "ngan"), "not_whole"),
    ({(*LAND, "wa"): "100"}, (*LAND, "wa"), "not_a_decimal"),
    ({(*LAND, "wa"): 50.5}, (*LAND, "wa"), "not_a_decimal"),
    ({(*LAND, "wa"): "๕๐"}, (*LAND, "wa"), "not_a_decimal"),
    ({(*LAND, "price_per_wa"): GONE}, (*LAND, "price_per_wa"), "field_missing"),
    ({(*LAND, "price_per_wa"): None}, (*LAND, "price_per_wa"), "not_a_decimal"),
    ({(*LAND, "price"): "1"}, (*LAND, "price"), "field_unknown"),
    *[
        ({(*LAND, "price_per_wa"): text}, (*LAND, "price_per_wa"), "not_a_decimal")
        for text in ("NaN", "Infinity", "-1", "+1", "1e3", "1,200", "1_2", " 1", "1.", ".5", "")
    ],
    ({(*LAND, "price_per_wa"): True}, (*LAND, "price_per_wa"), "not_a_decimal"),
    ({(*LAND, "price_per_wa"): -1}, (*LAND, "price_per_wa"), "not_a_decimal"),
    ({(*LAND, "price_per_wa"): "1.234"}, (*LAND, "price_per_wa"), "not_a_decimal"),
    ({(*LAND, "price_per_wa"): "9" * 11}, (*LAND, "price_per_wa"), "not_a_decimal"),
    ({(*LAND, "price_per_wa"): 10**400}, (*LAND, "price_per_wa"), "not_a_decimal"),
    ({(*LAND, "price_per_wa"): float("nan")}, (*LAND, "price_per_wa"), "not_a_decimal"),
    ({(*LAND, "rai"): 0, (*LAND, "ngan"): 0, (*LAND, "wa"): 0}, LAND, "no_area"),
    ({(*FLOOR, "structure"): "straw"}, (*FLOOR, "structure"), "not_one_of"),
    ({(*FLOOR, "structure"): GONE}, (*FLOOR, "structure"), "field_missing"),
    ({(*FLOOR, "age_years"): GONE}, (*FLOOR, "age_years"), "field_missing"),
    ({(*FLOOR, "age_years"): 501}, (*FLOOR, "age_years"), "not_whole"),
    ({(*FLOOR, "floor_area_m2"): "0"}, (*FLOOR, "floor_area_m2"), "not_positive"),
    # parts of each kind
    (prop(land=GONE), LAND, "part_missing"),
    (prop(buildings=[]), (*P, "buildings"), "part_missing"),
    (prop(kind="land"), (*P, "buildings"), "part_not_of_kind"),
    (prop(kind="building"), LAND, "part_not_of_kind"),
    (prop(kind="condominium_unit"), LAND, "part_not_of_kind"),
    (prop(appraised_value="1"), (*P, "appraised_value"), "value_twice"),
    # uses
    (prop(use=GONE), (*P, "use"), "use_or_uses"),
    (prop(uses=[{"use": "other", "share": 1}]), (*P, "use"), "use_or_uses"),
    (
        prop(use=GONE, uses=[{"use": "other", "share": "0.5"}]),
        (*P, "uses"),
        "shares_not_whole",
    ),
    (
        prop(use=GONE, uses=[{"use": "other", "share": "0.5"}, {"use": "other", "share": "0.5"}]),
        (*P, "uses", 1, "use"),
        "use_twice",
    ),
    (
        prop(use=GONE, uses=[{"use": "other", "share": "1"}, {"use": "vacant", "share": "0"}]),
        (*P, "uses", 1, "share"),
        "not_positive",
    ),
    (prop(use=GONE, uses=[{"use": "other", "share": 1}] * 6), (*P, "uses"), "wrong_length"),
    # measured areas
    (prop(use=GONE) | {(*FLOOR, "used"): MEASURED}, (*FLOOR, "footprint_m2"), "field_missing"),
    (prop(use=GONE) | {(*LAND, "used"): MEASURED}, (*FLOOR, "used"), "use_not_known"),
    ({(*LAND, "used"): [{"use": "other", "area_m2": "0"}]}, (*LAND, "used"), "not_positive"),
    ({(*FLOOR, "used"): [{"use": "other", "area_m2": "0"}]}, (*FLOOR, "used"), "not_positive"),
    ({(*FLOOR, "footprint_m2"): -1}, (*FLOOR, "footprint_m2"), "not_a_decimal"),
    (prop(owned={"share": "4/3"}), (*P, "owned", "share"), "not_a_part"),
    (prop(owned={"share": 0.5}), (*P, "owned", "share"), "not_a_part"),
    (prop(owned={"share": "0/3"}), (*P, "owned", "share"), "not_a_part"),
    (prop(owned={"share": "1/2", "before": "2/3"}), (*P, "owned", "share"), "not_a_part"),
    (prop(old_tax="1"), (*P, "old_tax"), "old_tax_too_late"),
    (prop(relief_since="2026-02-30"), (*P, "relief_since"), "not_a_day"),
    (prop(relief_since=20260101), (*P, "relief_since"), "not_a_day"),
    (
        {
            ("owner",): "juristic",
            **prop(use="other", relief="project_in_development", relief_since="2023-01-01"),
        },
        (*P, "relief"),
        "relief_over",
    ),
    (prop(place="x" * 41), (*P, "place"), "not_text"),
    # facts that contradict each other
    (prop(years_vacant=4), (*P, "years_vacant"), "not_vacant"),
    (
        {("owner",): "juristic", **prop(in_house_registration=True)},
        (*P, "in_house_registration"),
        "only_people_are_registered",
    ),
    (prop(relief="inherited_home"), (*P, "relief"), "relief_not_for_use"),
    (prop(relief="power_plant"), (*P, "relief"), "relief_not_for_use"),
    (prop(relief="private_school"), (*P, "relief"), "relief_not_for_use"),
    (prop(relief="npa"), (*P, "relief"), "relief_not_for_owner"),
    (
        prop(use="main_home", relief="inherited_home"),
        (*P, "relief"),
        "relief_needs_registration",
    ),
    (
        prop(kind="land", use="main_home", in_house_registration=True, relief="inherited_home")
        | prop(**APPRAISED),
        (*P, "relief"),
        "relief_not_for_use",
    ),
]


@pytest.mark.parametrize(("changes", "path", "code"), WRONG)
def test_a_wrong_question_names_its_field(changes, path, code):
    with pytest.raises(InvalidDeclaration) as caught:
        estimate(changed(changes))

    assert (path, code) in [(each.path, each.code) for each in caught.value.problems]
    assert len(caught.value.problems) == 1, str(caught.value)
    assert caught.value.path == path
    assert caught.value.code == "invalid_input"


def test_the_right_question_is_answered():
    """Guards the table above: unchanged, the question has an answer."""
    assert estimate(QUESTION)["tax"] == "382.80"
    assert estimate(json.dumps(QUESTION))["tax"] == "382.80"
    assert estimate(json.dumps(QUESTION).encode())["tax"] == "382.80"


def test_all_wrong_fields_are_told_at_once():
    with pytest.raises(InvalidDeclaration) as caught:
        estimate(changed({("owner",): "x", (*LAND, "ngan"): 9, (*FLOOR, "price_per_m2"): 7.5}))
    assert [each.field for each in caught.value.problems] == [
        "owner",
        "properties[0].land.ngan",
        "properties[0].buildings[0].price_per_m2",
    ]
    assert str(caught.value).count("\n") == 2


def test_a_second_main_home_is_refused():
    home = {"kind": "condominium_unit", "use": "main_home", "in_house_registration": True}
    home |= {"appraised_value": 1}
    with pytest.raises(InvalidDeclaration) as caught:
        estimate({"tax_year": 2026, "owner": "individual", "properties": [home, home]})
    assert caught.value.path == ("properties", 1, "use")
    assert "properties[0] is already it" in str(caught.value)


def test_land_alone_is_no_main_home_and_stands_in_nobodys_way():
    ground = {"kind": "land", "use": "main_home", "in_house_registration": True}
    home = {**ground, "kind": "condominium_unit"}
    properties = [each | {"appraised_value": 1000} for each in (ground, home)]
    given = estimate({"tax_year": 2026, "owner": "individual", "properties": properties})
    assert [line["tax_class"] for line in given["lines"]] == ["residential", "main_home"]


def test_land_divided_by_buildings_needs_the_ground_of_each():
    question = changed(prop(use=GONE) | {(*FLOOR, "used"): MEASURED})
    question["properties"][0]["kind"] = "building"
    del question["properties"][0]["land"]
    assert estimate(question)["tax"] == "2322.00"  # 774,000 × 0.3 %
    question["properties"][0] |= {
        "kind": "land_and_building", "land": {"rai": 1, "price_per_wa": "1"},
    }  # fmt: skip
    with pytest.raises(InvalidDeclaration, match="footprint_m2 is missing"):
        estimate(question)


def test_what_is_not_json_is_said_to_be_so():
    with pytest.raises(InvalidDeclaration, match="could not be read as JSON"):
        estimate(b'{"tax_year": ')
    with pytest.raises(InvalidDeclaration, match="must be an object"):
        estimate(b"[]")
    with pytest.raises(InvalidDeclaration, match="in quotation marks"):
        estimate(json.dumps(changed({(*LAND, "price_per_wa"): float("nan")})))


def test_the_refusal_travels_between_processes():
    with pytest.raises(InvalidDeclaration) as caught:
        estimate({})
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301
    assert str(again) == str(caught.value)
    assert [each.path for each in again.problems] == [each.path for each in caught.value.problems]


def every_problem(kind: type[InvalidInput] = InvalidInput) -> set[type[InvalidInput]]:
    ours = {kind} if kind.__module__ == "cadastre.tax.errors" else set()
    return ours.union(*(every_problem(each) for each in kind.__subclasses__()))


def test_every_problem_has_its_own_code_and_a_full_sentence():
    kinds = every_problem() - {InvalidDeclaration}
    assert len(kinds) > 20
    assert len({kind.code for kind in kinds}) == len(kinds)
    assert all(kind.message.endswith(".") for kind in kinds)


def test_every_problem_is_told_in_thai_with_the_same_evidence():
    path = Path(cadastre.__file__).parent / "locale" / "th" / "LC_MESSAGES" / "django.po"
    with path.open("rb") as file:
        thai = read_po(file, locale="th")
    for kind in every_problem():
        told = thai.get(kind.message)
        assert told is not None, kind.message
        assert names(told.string) == names(kind.message)


def names(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_the_schema_can_be_published():
    schema = Declaration.model_json_schema()
    assert schema["additionalProperties"] is False
    prices = schema["$defs"]["LandGiven"]["properties"]["price_per_wa"]["anyOf"]
    assert {each["type"] for each in prices} == {"string", "integer"}


def test_a_roll_cannot_hold_an_impossible_property():
    with pytest.raises(ValueError, match="total one"):
        Property(Kind.LAND, (), appraised_value_satang=1)
    with pytest.raises(ValueError, match="not negative"):
        Property(Kind.LAND, (UsePart(Use.OTHER),), appraised_value_satang=-1)
