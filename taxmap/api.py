"""The tax estimate for programs: one question in, every line of the answer explained."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Body, Router
from ninja.errors import HttpError

from cadastre.tax import AnswerJson, Declaration, assess, estimate, read_declaration, trace_of

router = Router()

EXAMPLE = {
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


def _request_schema() -> dict[str, Any]:
    """The schema of a declaration, self-contained: its parts lie under the paths, not beside."""
    schema = Declaration.model_json_schema()
    parts = schema.pop("$defs", {})

    def within(node: Any) -> Any:
        if isinstance(node, dict):
            if "$ref" in node:
                return within(parts[node["$ref"].rsplit("/", 1)[-1]])
            return {key: within(value) for key, value in node.items()}
        return [within(value) for value in node] if isinstance(node, list) else node

    expanded: dict[str, Any] = within(schema)
    return expanded | {"example": EXAMPLE}


_DECLARATION = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": _request_schema()}},
    }
}


@router.post(
    "/estimate",
    response=dict[str, Any],
    summary="Tax of the properties described, every step explained",
    openapi_extra=_DECLARATION,
)
def tax_estimate(request: HttpRequest, body: Body[Any] = None) -> AnswerJson:
    """Nothing is stored and no account is needed. Money is baht as text, years are common era.

    Wrong input is a 422 problem document that names every wrong field.
    """
    if not request.body:
        raise HttpError(400, "there is no body")
    return estimate(body)


@router.post(
    "/trace",
    response=dict[str, Any],
    summary="The same calculation as a trace that anybody can recompute",
    openapi_extra=_DECLARATION,
)
def tax_trace(request: HttpRequest, body: Body[Any] = None) -> dict[str, Any]:
    """Facts, provisions with their source, every formula with its figures, and a digest.

    ``python -m cadastre.tax.recompute FILE`` checks it without this service.
    """
    if not request.body:
        raise HttpError(400, "there is no body")
    return trace_of(assess(read_declaration(body)))
