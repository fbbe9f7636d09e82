"""One filled-in page of the tax estimate: its parts, what is wrong with them, and the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext

from cadastre.errors import InvalidInput
from cadastre.tax import Assessment, InvalidDeclaration, Kind, assess, read_declaration
from taxmap.forms import FIRST_TAX_YEAR, BuildingForm, OwnerForm, PropertyForm, QuietForm

MOST_PROPERTIES = 20
MOST_BUILDINGS = 20
_FIELD_OF = {"land": "area", "rai": "area", "ngan": "area", "wa": "area", "uses": "use"}


@dataclass
class PropertyPart:
    """One property on the page; ``key`` names its fields and stays when others are removed."""

    key: int
    form: PropertyForm
    buildings: list[tuple[int, BuildingForm]]

    def filled_in(self) -> list[BuildingForm]:
        """The buildings of which anything was typed."""
        return [form for _key, form in self.buildings if not form.is_empty()]


class EstimatePage:
    """The forms of one page, bound to what was typed, or fresh with ``initial`` values.

    ``action`` is what the visitor pressed: nothing calculates, ``add-property``,
    ``remove-property-<key>``, ``add-building-<key>``, ``remove-building-<key>-<key>`` only change
    the page and find no fault with it. ``trace`` calculates, for a file of the calculation.
    """

    def __init__(
        self, *, this_year: int, data: QueryDict | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:  # fmt: skip
        self.action = data.get("do", "") if data is not None else ""
        self.wants_trace = self.action == "trace"
        if self.wants_trace:
            self.action = ""
        quiet = bool(self.action)
        years = range(this_year + 1, FIRST_TAX_YEAR - 1, -1)
        owner_initial = {"tax_year": this_year, "owner": "individual"} | (initial or {})
        self.owner = OwnerForm(data, initial=owner_initial, quiet=quiet, years=years)
        self.properties = [
            PropertyPart(
                key,
                PropertyForm(
                    data, prefix=f"p{key}", quiet=quiet,
                    initial={"kind": Kind.LAND_AND_BUILDING, "use": "main_home"} | (initial or {}),
                ),
                [
                    (each, BuildingForm(data, prefix=f"p{key}-b{each}", quiet=quiet))
                    for each in self._building_keys(data, key)
                ],
            )
            for key in self._property_keys(data)
        ]  # fmt: skip

    def _property_keys(self, data: QueryDict | None) -> list[int]:
        keys = _keys(data, "property", MOST_PROPERTIES)
        return self._changed(keys, "property", MOST_PROPERTIES)

    def _building_keys(self, data: QueryDict | None, of: int) -> list[int]:
        keys = _keys(data, f"p{of}-building", MOST_BUILDINGS)
        if self.action == f"add-building-{of}":
            return [*keys, max(keys) + 1][:MOST_BUILDINGS]
        gone = self.action.removeprefix(f"remove-building-{of}-")
        return [key for key in keys if gone != str(key)] or keys[:1]

    def _changed(self, keys: list[int], word: str, most: int) -> list[int]:
        if self.action == f"add-{word}":
            return [*keys, max(keys) + 1][:most]
        gone = self.action.removeprefix(f"remove-{word}-")
        return [key for key in keys if gone != str(key)] or keys[:1]

    @property
    def may_grow(self) -> bool:
        return len(self.properties) < MOST_PROPERTIES

    def assessment(self) -> Assessment | None:
        """The answer; None where a part is wrong, and then the part says so."""
        if not self._parts_are_valid():
            return None
        owner = self.owner.cleaned_data["owner"]
        declaration = {
            "tax_year": self.owner.cleaned_data["tax_year"],
            "owner": owner,
            "properties": self._declared(owner),
        }
        try:
            return assess(read_declaration(declaration))
        except InvalidDeclaration as refused:
            for problem in refused.problems:
                self._blame(problem)
            return None

    def _declared(self, owner: str) -> list[dict[str, Any]]:
        """The properties; those that adjoin the one before them share its base."""
        found: list[dict[str, Any]] = []
        for number, part in enumerate(self.properties, 1):
            declared = part.form.declared(owner, part.filled_in())
            declared["place"] = f"property-{number}"
            if found and part.form.cleaned_data["adjoins"]:
                before = found[-1]
                declared["joint_base"] = before.setdefault("joint_base", before["place"])
            found.append(declared)
        return found

    def _parts_are_valid(self) -> bool:
        forms: list[QuietForm] = [self.owner]
        for part in self.properties:
            forms.append(part.form)
            part.form.is_valid()
            kind = part.form.cleaned_data.get("kind", "")
            if kind in {"", Kind.LAND}:
                continue
            buildings = part.filled_in()
            if not buildings and part.form.cleaned_data.get("appraised_value") is None:
                buildings = [form for _key, form in part.buildings[:1]]
            for building in buildings:
                if building.is_valid():
                    building.check(kind)
                forms.append(building)
        return not any(form.errors for form in forms)

    def _blame(self, problem: InvalidInput) -> None:
        """Put a fault that the law found beside its field, in the words of the page."""
        form, name = self._place(problem.path)
        label = str(form.fields[name].label) if name in form.fields else problem.field
        words = {key: str(value) for key, value in problem.evidence.items()}
        for key in ("kind", "relief", "owner", "expected"):
            if key in words:
                words[key] = _in_words(words[key], self)
        text = gettext(problem.message).format_map(words | {"field": f"“{label}”"})
        form.add_error(name if name in form.fields else None, text)

    def _place(self, path: tuple[str | int, ...]) -> tuple[QuietForm, str]:
        match path:
            case ("properties", int(at), "buildings", int(place), *rest):
                building = self.properties[at].filled_in()[place]
                return building, str(rest[-1]) if rest else "floor_area_m2"
            case ("properties", int(at), "buildings"):
                return self.properties[at].buildings[0][1], "floor_area_m2"
            case ("properties", int(at), *rest):
                names = [str(each) for each in rest if isinstance(each, str)]
                name = names[-1] if names else ""
                name = "use" if "uses" in names else name
                return self.properties[at].form, _FIELD_OF.get(name, name)
            case _:
                return self.owner, str(path[0]) if path else ""

    def faults(self) -> list[dict[str, str]]:
        """Everything that is wrong, each with the address of its field, in page order."""
        forms: list[QuietForm] = [self.owner]
        for part in self.properties:
            forms += [part.form, *(form for _key, form in part.buildings)]
        return [
            {"href": _address(form, name), "message": str(message)}
            for form in forms
            if form.is_bound and not form.quiet
            for name in [*form.fields, "__all__"]
            for message in form.errors.get(name, [])
        ]


def _keys(data: QueryDict | None, name: str, most: int) -> list[int]:
    given = data.getlist(name) if data is not None else []
    keys = [int(each) for each in given if each.isascii() and each.isdigit() and len(each) < 5]
    return list(dict.fromkeys(keys))[:most] or [0]


def _address(form: QuietForm, name: str) -> str:
    if name not in form.fields:
        return ""
    bound = form[name]
    is_choice = bound.field.widget.__class__.__name__ == "RadioSelect"
    return f"#{bound.auto_id}_0" if is_choice else f"#{bound.id_for_label}"


def _in_words(value: str, page: EstimatePage) -> str:
    """Words of the law as the page writes them: ``main_home`` → “Main home, …”."""
    form = page.properties[0].form
    labels: dict[str, str] = {}
    for name in ("kind", "use", "relief"):
        labels |= {str(k): str(v) for k, v in form.fields[name].choices}  # type: ignore[attr-defined]
    labels |= {str(k): str(v) for k, v in page.owner.fields["owner"].choices}  # type: ignore[attr-defined]
    return ", ".join(f"“{labels.get(each, each)}”" for each in value.split(", "))
