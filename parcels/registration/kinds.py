"""The registry of kinds of transactions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured
from pydantic import BaseModel, ConfigDict

from cadastre.errors import LandError
from parcels.models import Transaction
from parcels.registration.registering import Registration


class Content(BaseModel):
    """What a transaction says besides the shapes of parcels; nothing that is not expected."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _nothing(_act: Transaction) -> Iterable[LandError]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KindOfAct:
    """One kind: its content, what forbids it, what it changes in plain words, and the change.

    ``faults`` tells everything that keeps a transaction from being submitted, approved or
    registered. ``summary`` writes sentences in the language of the reader, without owners' ids.
    ``apply`` writes the register inside the one atomic step, with everything it touches locked.
    """

    kind: Transaction.Kind
    content: type[Content]
    apply: Callable[[Registration], None]
    summary: Callable[[Transaction], list[str]]
    faults: Callable[[Transaction], Iterable[LandError]] = _nothing


_kinds: dict[str, KindOfAct] = {}


def register(kind: KindOfAct) -> KindOfAct:
    """Let transactions of this kind be made."""
    if kind.kind in _kinds:
        raise ImproperlyConfigured(f"There are two kinds of transaction called {kind.kind}.")
    _kinds[kind.kind] = kind
    return kind


def kind_named(name: str) -> KindOfAct:
    """The kind of that name; KeyError for one that is not made by hand, such as an import."""
    return _kinds[name]
