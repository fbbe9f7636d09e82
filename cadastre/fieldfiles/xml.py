"""XML in one pass, without a document type: nothing to expand, nothing to fetch.

Only the elements asked for are built, with all they hold, and given out when they end; a file of
50 MB never stands in memory as a tree.
"""

from __future__ import annotations

import codecs
import io
import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from cadastre.fieldfiles.errors import LineTooLong, XmlBroken, XmlForbidden
from cadastre.fieldfiles.formats import Source
from cadastre.fieldfiles.tally import Tally, shown
from cadastre.fieldfiles.text import count_lines

MAX_DEPTH = 60
MAX_ELEMENT_BYTES = 500_000
MAX_ELEMENTS = 500_000
_CHUNK = 65_536


@dataclass(slots=True)
class Element:
    """An element without its namespace prefix, and where it stands in the document."""

    tag: str
    attributes: dict[str, str]
    line: int
    document: bytes = field(repr=False)
    begins: int
    ends: int = 0
    text: str = ""
    children: list[Element] = field(default_factory=list)

    @property
    def raw(self) -> str:
        """Its text as it is in the file, tags included, up to `MAX_ELEMENT_BYTES`."""
        return self.document[self.begins : min(self.ends, self.begins + MAX_ELEMENT_BYTES)].decode(
            "utf-8", errors="replace"
        )

    def whole(self) -> Element:
        """Itself; refused if it is so large that its text would be cut, and kept many times over.

        Raises `LineTooLong`.
        """
        size = self.ends - self.begins
        if size > MAX_ELEMENT_BYTES:
            raise LineTooLong(line=self.line, length=size, limit=MAX_ELEMENT_BYTES)
        return self

    def get(self, name: str) -> str:
        return self.attributes.get(name, "").strip()

    def all(self, *tags: str) -> Iterator[Element]:
        """Direct children of these names."""
        return (child for child in self.children if child.tag in tags)

    def first(self, tag: str) -> Element | None:
        return next(self.all(tag), None)

    def descendants(self, tag: str) -> Iterator[Element]:
        for child in self.children:
            if child.tag == tag:
                yield child
            yield from child.descendants(tag)


_DECLARED = re.compile(
    rb"""\s*<\?xml[^>]*\bencoding\s*=\s*["'](?P<name>(?:utf-8|us-ascii|iso-8859-\d{1,2}|windows-\d{3,4}"""
    rb"""|cp\d{3,4}|tis-620))["']""",
    re.IGNORECASE,
)
_ROOT = re.compile(
    r"(?:\s|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\])?\s*>)*<(?:[\w.-]+:)?(?P<name>[\w.-]+)",
    re.DOTALL,
)


def document_of(source: Source) -> tuple[bytes, str]:
    """The document as UTF-8 and the encoding it had: as declared, else as for any text."""
    match = _DECLARED.match(source.content.removeprefix(codecs.BOM_UTF8)[:200])
    if match is not None:
        name = match["name"].decode("ascii").lower()
        try:
            text = source.content.removeprefix(codecs.BOM_UTF8).decode(_CODECS.get(name, name))
            return text.encode("utf-8"), name
        except (UnicodeDecodeError, LookupError):
            pass
    # A damaged byte goes on as it is: the parser names its line.
    return source.text.encode("utf-8", errors="surrogateescape"), ""


# Microsoft's name for the Thai code page, which Python does not know.
_CODECS = {"windows-874": "cp874"}


def root_name(source: Source) -> str:
    """The name of the outermost element, "" for what is no XML."""
    match = _ROOT.match(source.head.removeprefix("\ufeff"))
    return match["name"] if match else ""


class _Stop(Exception):
    """Leaves the parser from within one of its calls."""


class _Builder:
    """Expat's calls, turned into elements."""

    def __init__(
        self, content: bytes, wanted: frozenset[str], take: Callable[[Element], None]
    ) -> None:
        self.content, self.wanted, self.take = content, wanted, take
        self.depth = 0
        self.open: list[Element] = []
        self.words: list[list[str]] = []  # the text of each open element, in parts
        self.elements = 0
        self.refusal: XmlForbidden | XmlBroken | None = None
        self.parser = expat.ParserCreate("utf-8")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._forbid
        self.parser.EntityDeclHandler = self._forbid
        self.parser.ExternalEntityRefHandler = self._forbid

    def run(self) -> None:
        try:
            for start in range(0, len(self.content), _CHUNK):
                self.parser.Parse(self.content[start : start + _CHUNK], False)  # noqa: FBT003
            self.parser.Parse(b"", True)  # noqa: FBT003
        except _Stop:
            pass
        except expat.ExpatError as error:
            detail = expat.ErrorString(error.code)
            self.refusal = XmlBroken(line=error.lineno, detail=shown(detail, 80))

    def _forbid(self, *_: object) -> bool:
        self.refusal = XmlForbidden(line=self.parser.CurrentLineNumber)
        raise _Stop

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        self.elements += 1
        line = self.parser.CurrentLineNumber
        if self.depth >= MAX_DEPTH or self.elements > MAX_ELEMENTS:
            self.refusal = XmlBroken(line=line, detail="too deep or too many elements")
            raise _Stop
        self.depth += 1
        if self.open or tag in self.wanted:
            begins = self.parser.CurrentByteIndex
            element = Element(tag, attributes, line, self.content, begins)
            if self.open:
                self.open[-1].children.append(element)
            self.open.append(element)
            self.words.append([])

    def _text(self, data: str) -> None:
        if self.open:
            self.words[-1].append(data)

    def _end(self, name: str) -> None:  # noqa: ARG002
        self.depth -= 1
        if self.open:
            element = self.open.pop()
            element.text = "".join(self.words.pop())
            element.ends = self._behind(element)
            if not self.open:
                self.take(element)

    def _behind(self, element: Element) -> int:
        """Where the element ends: here for ``<a/>``, behind the end tag that begins here else."""
        here = self.parser.CurrentByteIndex
        empty = not element.children and not element.text
        if empty and self.content[here - 2 : here] == b"/>":
            return here
        return self.content.find(b">", here) + 1


def read_elements(
    source: Source, tally: Tally, wanted: frozenset[str], take: Callable[[Element], None]
) -> None:
    """Give ``take`` each outermost element of these names when it ends.

    A document type, an entity or broken XML ends the reading and is one refusal at its line.
    """
    document, encoding = document_of(source)
    tally.encoding = encoding or tally.encoding
    text = document.decode("utf-8", errors="replace")
    tally.lines = count_lines(text)
    builder = _Builder(document, wanted, take)
    builder.run()
    if builder.refusal is not None:
        # What is missing at the end is missing on the last line.
        told = builder.refusal.evidence
        line = min(int(str(told["line"])), tally.lines)
        around = next(itertools.islice(io.StringIO(text, newline=None), line - 1, line), "")
        tally.reject(line, around.strip(), type(builder.refusal)(**{**told, "line": line}))
