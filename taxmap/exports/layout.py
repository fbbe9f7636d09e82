"""The settings of an export: sheets, columns and code lists, read from YAML and checked whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from cadastre.errors import LandError, gettext_noop

_HERE: Final = Path(__file__).parent


class ExportSettingsWrong(LandError):
    code = "export_settings_wrong"
    message = gettext_noop(
        "The settings file {name} of an export cannot be used: {reason}. "
        "Correct the file, or take away the setting to use ours."
    )


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ColumnLayout(_Strict):
    """One column: its heading, what fills it, and the list that turns our word into their code."""

    head: str = Field(min_length=1)
    source: str = Field(default="", alias="from")
    codes: str = ""


class SheetLayout(_Strict):
    """One sheet: which rows it lists and in which columns."""

    title: str = Field(min_length=1, max_length=31)
    rows: str
    columns: tuple[ColumnLayout, ...] = Field(min_length=1)

    @property
    def head(self) -> list[str]:
        return [column.head for column in self.columns]


class WorkbookLayout(_Strict):
    """A whole file. ``confirmed`` is the day on which the other side agreed to it; None: never."""

    title: str
    format: Literal["xlsx", "csv"] = "xlsx"
    confirmed: date | None = None
    codes: Mapping[str, Mapping[str, str]] = Field(default_factory=dict)
    sheets: tuple[SheetLayout, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _lists_are_there(self) -> Self:
        missing = {
            column.codes
            for sheet in self.sheets
            for column in sheet.columns
            if column.codes and column.codes not in self.codes
        }
        if missing:
            raise ValueError(f"no list of codes called {', '.join(sorted(missing))}")
        if self.format == "csv" and len(self.sheets) > 1:
            raise ValueError("a CSV file holds one sheet")
        titles = [sheet.title for sheet in self.sheets]
        if len(set(titles)) < len(titles):
            raise ValueError("two sheets have one title")
        return self

    def cells(
        self, sheet: SheetLayout, rows: Iterable[Mapping[str, Any]]
    ) -> Iterator[list[object]]:
        """The rows as this sheet writes them. A word without a code stays as it is, to be seen."""
        readers = [(each.source, self.codes.get(each.codes, {})) for each in sheet.columns]
        for row in rows:
            values = ((row[source] if source else None, codes) for source, codes in readers)
            yield [
                codes.get(value, value) if isinstance(value, str) else value
                for value, codes in values
            ]


def layout_of(name: str, path: Path | None = None) -> WorkbookLayout:
    """Our own layout ``name``, or an office's file; raises ExportSettingsWrong with the place."""
    file = path or _HERE / f"{name}.yaml"
    try:
        return WorkbookLayout.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ExportSettingsWrong(name=file.name, reason=str(error)) from error
    except ValidationError as error:
        fault = error.errors()[0]
        place = ".".join(str(part) for part in fault["loc"])
        reason = f"{place}: {fault['msg']}" if place else fault["msg"]
        raise ExportSettingsWrong(name=file.name, reason=reason) from error
