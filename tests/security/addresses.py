"""Every address that the service knows, with its variable parts filled in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from django.urls import URLPattern, URLResolver, get_resolver

_VARIABLE = re.compile(r"<(?:\w+:)?(\w+)>")
_GROUP = re.compile(r"\(\?P(<\w+>)[^()]*\)")
# Patterns that are regular expressions, and what stands for them.
_WRITTEN_OUT = {
    r"^(?P<path>[\s\S]*)\Z": ["<path>"],
    r"^design/(?P<shell>office|tax|map|error)/$": ["design/office/", "design/error/"],
    r"(?P<url>.*)$": ["<url>"],
}

Fill = Callable[[str], str]


def addresses(fill: Fill) -> Iterator[str]:
    """Each address once; ``fill`` gives the text for a variable by its name, already quoted."""
    yield from dict.fromkeys(_below(get_resolver(), "/", fill))


def _below(resolver: URLResolver, start: str, fill: Fill) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        for written in _written(pattern, fill):
            if isinstance(pattern, URLResolver):
                yield from _below(pattern, start + written, fill)
            else:
                yield start + written


def _written(pattern: URLPattern | URLResolver, fill: Fill) -> list[str]:
    text = str(pattern.pattern)
    if text not in _WRITTEN_OUT and re.search(r"[\\^$?(]", text):
        text = _plain(text)
    forms = _WRITTEN_OUT.get(text, [text])
    return [_VARIABLE.sub(lambda found: fill(found[1]), form) for form in forms]


def _plain(expression: str) -> str:
    """A regular expression as the text it matches, its named groups as variables."""
    plain = _GROUP.sub(r"\1", expression).removeprefix("^").removesuffix("$")
    assert not re.search(r"[\\(\[*+?]", plain), f"write out {expression} in _WRITTEN_OUT"
    return plain
