"""A small tree of an XML file with line numbers; document types and entities are refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn
from xml.parsers import expat

from cadastre.adjustment.errors import NetworkFileUnreadable


@dataclass(slots=True)
class Element:
    """One element: tag without namespace, attributes, text and children, and where it stands."""

    tag: str
    attributes: dict[str, str]
    file: str
    line: int
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def __iter__(self) -> Iterator[Element]:
        return iter(self.children)

    def child(self, tag: str) -> Element | None:
        """The first child of this name."""
        return next((each for each in self.children if each.tag == tag), None)

    def get(self, name: str, default: str = "") -> str:
        """An attribute, stripped."""
        return self.attributes.get(name, default).strip()

    def find(self, tag: str) -> str:
        """Text of the first child of this name, stripped; empty if there is none."""
        found = self.child(tag)
        return found.text.strip() if found else ""

    def refuse(self, reason: str) -> NoReturn:
        """Raise with the line of this element."""
        raise NetworkFileUnreadable(place=f"{self.file}, line {self.line}", reason=reason)

    def number(self, text: str, what: str) -> float:
        """A finite number, or a refusal that says what was expected."""
        try:
            value = float(text)
        except ValueError:
            self.refuse(f"{what} is not a number: {text!r}")
        if value - value != 0.0:
            self.refuse(f"{what} is not finite: {text!r}")
        return value


class _Builder:
    def __init__(self, file: str, parser: Any) -> None:
        self.file, self.parser = file, parser
        self.root: Element | None = None
        self.open: list[Element] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(" ")[2]
        element = Element(name, attributes, self.file, self.parser.CurrentLineNumber)
        if self.open:
            self.open[-1].children.append(element)
        else:
            self.root = element
        self.open.append(element)

    def end(self, _tag: str) -> None:
        self.open.pop()

    def text(self, text: str) -> None:
        if self.open:
            self.open[-1].text += text

    def refuse(self, *_: Any) -> None:
        raise NetworkFileUnreadable(
            place=f"{self.file}, line {self.parser.CurrentLineNumber}",
            reason="a document type or an entity is declared, which data never needs",
        )


def read_xml(data: bytes, file: str) -> Element:
    """The root of a file. Raises `NetworkFileUnreadable`."""
    parser = expat.ParserCreate(namespace_separator=" ")
    builder = _Builder(file, parser)
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = builder.start, builder.end
    parser.CharacterDataHandler = builder.text
    parser.StartDoctypeDeclHandler = builder.refuse
    parser.EntityDeclHandler = builder.refuse
    try:
        parser.Parse(data, True)  # noqa: FBT003
    except expat.ExpatError as error:
        raise NetworkFileUnreadable(
            place=f"{file}, line {error.lineno}", reason=expat.ErrorString(error.code)
        ) from None
    assert builder.root is not None
    return builder.root
