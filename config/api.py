"""The JSON API: one document at /api/openapi.json, one strict way of reading bodies."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, cast

from django.http import HttpRequest
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.parser import Parser
from ninja.renderers import JSONRenderer
from ninja.types import DictStrAny

from appointments.api import router as appointments
from cadastre.errors import LandError, gettext_noop
from config.answers import install_problem_handlers
from config.errors import STATUS
from parcels.api import router as parcels
from taxmap.api import router as tax


class MalformedBody(LandError):
    code = "malformed_body"
    message = gettext_noop("The request body is not usable JSON: {reason}")


def _object_without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) != len(pairs):
        raise MalformedBody(reason=_("a key is given twice in one object"))
    return read


def _refuse_constant(name: str) -> Any:
    raise MalformedBody(reason=format_lazy(_("{name} is not a number"), name=name))


def strict_json(text: bytes) -> Any:
    """JSON as RFC 8259 means it: no repeated keys, no NaN, numbers exact, text encodable."""
    try:
        body = json.loads(
            text,
            object_pairs_hook=_object_without_repeats,
            parse_constant=_refuse_constant,
            parse_float=Decimal,
        )
        written = json.dumps(body, ensure_ascii=False, default=str).encode()
    except RecursionError:
        raise MalformedBody(reason=_("it is nested too deeply")) from None
    except UnicodeError:
        raise MalformedBody(reason=_("it holds text that is not valid Unicode")) from None
    except json.JSONDecodeError as error:
        fault = _("there is a fault at line {line}, column {column}")
        place = format_lazy(fault, line=error.lineno, column=error.colno)
        raise MalformedBody(reason=place) from None
    if b"\\u0000" in written:
        raise MalformedBody(reason=_("it holds a NUL character"))
    return body


class StrictParser(Parser):
    """Bodies are read by `strict_json`."""

    def parse_body(self, request: HttpRequest) -> DictStrAny:
        return cast("DictStrAny", strict_json(request.body))


class ReadableRenderer(JSONRenderer):
    """Thai as Thai: a third of the bytes of its escapes, and readable where somebody looks."""

    json_dumps_params = {"ensure_ascii": False}


# RFC 9457, with our stable code; errors names the fields of a 422.
PROBLEM: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "examples": sorted(STATUS)},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}


class DocumentedAPI(NinjaAPI):
    """Says of every operation that whatever goes wrong is a problem document."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**options)
        schema["components"]["schemas"]["Problem"] = PROBLEM
        content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        for path in schema["paths"].values():
            for operation in path.values():
                operation["responses"]["default"] = {"description": "Problem", "content": content}
        return schema


api = DocumentedAPI(
    title="Chanot",
    version="1",
    description="โฉนด: parcels, land-and-building tax and land-office queues. No personal data.",
    docs_url=None,
    parser=StrictParser(),
    renderer=ReadableRenderer(),
)
install_problem_handlers(api)
api.add_router("/parcels", parcels, tags=["parcels"])
api.add_router("/tax", tax, tags=["tax"])
api.add_router("/appointments", appointments, tags=["appointments"])
