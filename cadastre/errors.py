"""The error family: a stable code, a message a clerk can act on, and the evidence.

``cadastre`` knows no framework, so messages are English templates marked for translation; the
edge translates the template and fills in the evidence (``render``), and one table there maps codes
to HTTP.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, TypeAlias

FieldPath: TypeAlias = tuple[str | int, ...]


def gettext_noop(message: str) -> str:
    """Mark a message for the translation catalogue and return it unchanged."""
    return message


class LandError(Exception):
    """Anything Chanot refuses to do, with the reason.

    Subclasses set ``code`` (stable, for programs) and ``message`` (English template, for people);
    the values the template names are given as keywords and kept in ``evidence``.
    """

    code: ClassVar[str] = "land_error"
    message: ClassVar[str] = gettext_noop("The request could not be carried out.")

    def __init__(self, **evidence: object) -> None:
        super().__init__(*evidence.values())
        self.evidence = evidence

    def render(self, translate: Callable[[str], str] = gettext_noop) -> str:
        """The message with its evidence, in the language that ``translate`` gives the template."""
        return translate(self.message).format_map(self.evidence)

    def __str__(self) -> str:
        return self.render()

    def __reduce__(self) -> tuple[object, ...]:
        # Exceptions travel between processes by their positional arguments; ours are keywords.
        return (_rebuild, (type(self), self.evidence))


def _rebuild(kind: type[LandError], evidence: dict[str, object]) -> LandError:
    return kind(**evidence)


class InvalidInput(LandError):
    """A value given from outside cannot be used; ``path`` says which, ``field`` writes it out."""

    code = "invalid_input"
    message = gettext_noop("{field} cannot be used: {reason}")

    def __init__(self, *, path: FieldPath, **evidence: object) -> None:
        self._path = tuple(path)
        super().__init__(**{"path": self._path, "field": dotted(path)} | evidence)

    @property
    def path(self) -> FieldPath:
        """Keys and indexes from the root of the input: ``("properties", 0, "land", "rai")``."""
        return self._path

    @property
    def field(self) -> str:
        """The path as people write it: ``properties[0].land.rai``."""
        return str(self.evidence["field"])

    @property
    def problems(self) -> tuple[InvalidInput, ...]:
        """Every field that is wrong; a subclass that collects several overrides this."""
        return (self,)


def dotted(path: FieldPath) -> str:
    """Write a path as ``properties[0].land.rai``; the root is ``body``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text or "body"
