"""Section 10 packages made up from parcels, with dirt, and with what an importer must find.

The same plots, order and seed give the same bytes. Names and personal numbers are invented.
docs/operations/section10.md tells how to use it.
"""

from __future__ import annotations

import json
import random
import zipfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from shapely.geometry import Polygon

from cadastre.area import Area
from cadastre.errors import LandError, gettext_noop
from cadastre.identifiers import MapSheet
from parcels.section10.writing import shape_files, table_bytes

GIVEN_NAMES: Final = ("สมชาย", "สมหญิง", "ประเสริฐ", "มาลี", "วิชัย", "กัญญา", "ธนา", "น้ำผึ้ง")
SURNAMES: Final = ("ทองดี", "ใจงาม", "ศรีสุข", "บุญมา", "แก้วใส", "พึ่งธรรม", "ตั้งใจ", "ก้อนคำ")
TITLES: Final = ("นาย", "นาง", "นางสาว")
HEADS: Final = (
    "โฉนด", "UTM_MAP1", "UTM_MAP2", "UTM_MAP3", "UTM_MAP4", "UTM_SCALE", "ที่ดิน", "ไร่", "งาน",
    "วา", "เศษ", "คำนำหน้า", "ชื่อ", "นามสกุล", "13 หลัก", "สถานะดำเนินการ", "วันที่", "REG_AMT",
)  # fmt: skip
_WHERE: Final = {name: place for place, name in enumerate(HEADS)}
CLEAN: Final = (
    "sell", "sell", "sell", "inherit", "share", "mortgage", "release", "note", "replace", "rename",
    "survey", "survey", "divide", "divide", "cancel",
)  # fmt: skip
DIRTY: Final = (
    "no_such_day", "day_of_another_calendar", "future", "status", "area", "sheet", "holder",
    "short_row", "open_quote", "twice", "two_buyers", "deed_of_another", "deed_nobody_has",
    "unknown_plot", "piece_without_shape", "survey_without_shape", "other_datum", "other_zone",
    "repeated_deed",
)  # fmt: skip


class TooFewPlots(LandError):
    code = "section10_too_few_plots"
    message = gettext_noop(
        "There are too few parcels with a title and a map sheet to make {rows} rows of: {plots}. "
        "Ask for fewer rows, or for a package from scratch."
    )


@dataclass(frozen=True, slots=True)
class Plot:
    """A parcel as a package speaks of it; ``shape`` in metres of Indian 1975 / UTM."""

    deed_number: str
    sheet: MapSheet
    land_number: str
    area_m2: Decimal
    shape: Polygon
    holders: int = 1
    repeated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to make: rows (about), the share of dirty ones (0 to 1), a month of the past."""

    name: str
    month: date
    rows: int = 100
    dirt: float = 0.0
    seed: int = 1
    zone: int = 47
    new: bool = False
    """Whether the register does not know the plots yet, so that clean rows bring them in."""


@dataclass
class Made:
    """A package being made, and what must be found in it."""

    rows: list[list[str]] = field(default_factory=list)
    lines: dict[int, str] = field(default_factory=dict)
    """Rows that are no rows: the text of the line by its place."""
    shapes: list[tuple[MapSheet, str, Polygon]] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    shapes_refused: Counter[str] = field(default_factory=Counter)
    holders: dict[str, str] = field(default_factory=dict)
    areas: dict[str, str] = field(default_factory=dict)
    ended: list[str] = field(default_factory=list)
    created: list[str] = field(default_factory=list)
    personal_numbers: list[str] = field(default_factory=list)

    def expect(self, outcome: str, reason: str = "") -> None:
        """Count one row that must come out so."""
        self.outcomes[outcome] += 1
        if reason:
            self.reasons[reason] += 1


def package_write(folder: Path, plots: Sequence[Plot], order: Order) -> dict[str, Any]:
    """Write ``<name>.zip`` and ``expected.json`` into ``folder``; returns what is expected."""
    made = _Maker(plots, order).make()
    base = f"{order.name}/"
    files = {
        f"{base}parcel_{order.name}.csv": table_bytes(
            HEADS, made.rows, made.lines, seed=order.seed, dirty=order.dirt > 0
        ),
        f"{base}parcel_{order.name}.csv_ogr_tmp.csv": b"left behind by an export\r\n",
        f"{base}construction_{order.name}.csv": _constructions(order),
        f"{base}ns3a_{order.name}.csv": "เลขที่นส3ก,สถานะ,วันที่\r\n".encode("cp874"),
    }
    files |= {
        base + name: content
        for name, content in shape_files(order.name, made.shapes, order.zone).items()
    }
    made.expect("unchanged", "building_not_in_register")
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{order.name}.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)
    expected = _expected(made, order)
    text = json.dumps(expected, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / "expected.json").write_text(text + "\n", encoding="utf-8")
    return expected


def _constructions(order: Order) -> bytes:
    day = f"1/{order.month.month}/{order.month.year + 543}"
    return f"สถานะดำเนินการ,วันที่,ชื่อ\r\nสิ่งปลูกสร้างใหม่,{day},มาลี\r\n".encode("utf-8-sig")


def _expected(made: Made, order: Order) -> dict[str, Any]:
    return {
        "file": f"{order.name}.zip",
        "month": order.month.isoformat(),
        "read": made.outcomes.total(),
        "outcomes": dict(made.outcomes),
        "reasons": dict(made.reasons),
        "shapes": {"read": len(made.shapes), "refused": dict(made.shapes_refused)},
        "holders": made.holders,
        "areas": {deed: f"{Decimal(area):.2f}" for deed, area in made.areas.items()},
        "ended": made.ended,
        "created": made.created,
        "personal_numbers": made.personal_numbers,
    }


class _Maker:
    """Takes plot after plot and lets something happen to each; no two things meet."""

    def __init__(self, plots: Sequence[Plot], order: Order) -> None:
        self.order, self.made = order, Made()
        self.random = random.Random(order.seed)  # noqa: S311 (repeatable, not secret)
        self.repeated = [plot for plot in plots if plot.repeated]
        self.plots = [plot for plot in plots if not plot.repeated]
        self.random.shuffle(self.plots)
        self.wanted = len(plots)
        self._clean = ("bring_in",) if order.new else CLEAN
        self._dirty = DIRTY[:9] if order.new else DIRTY

    def make(self) -> Made:
        while len(self.made.rows) < self.order.rows:
            if len(self.plots) < 2:
                raise TooFewPlots(rows=self.order.rows, plots=self.wanted)
            dirty = self.random.random() < self.order.dirt
            what = self.random.choice(self._dirty if dirty else self._clean)
            getattr(self, f"_{what}")(self.plots.pop())
        return self.made

    # --- pieces of a row ----------------------------------------------------------------------

    def _row(self, plot: Plot, status: str, **cells: str) -> list[str]:
        """A row as the department writes it: unpadded, with blanks where it leaves them."""
        rai, ngan, wa, hundredths = Area(plot.area_m2).to_hundredths()
        index, quadrant, square, number, scale = plot.sheet.fields
        title, name, surname = self._person()
        padded = self.random.random() < 0.5
        number = number if padded else number.lstrip("0") or "0"
        said = {
            "โฉนด": plot.deed_number, "UTM_MAP1": index, "UTM_MAP2": quadrant, "UTM_MAP3": square,
            "UTM_MAP4": number, "UTM_SCALE": scale, "ที่ดิน": plot.land_number, "ไร่": str(rai),
            "งาน": str(ngan), "วา": str(wa), "เศษ": str(hundredths), "คำนำหน้า": title,
            "ชื่อ": name, "นามสกุล": surname, "13 หลัก": self._personal_number(),
            "สถานะดำเนินการ": status, "วันที่": self._day(), "REG_AMT": self._amount(),
        }  # fmt: skip
        row = [(said | cells)[head] for head in HEADS]
        return [cell + " " if self.random.random() < 0.2 else cell for cell in row]

    def _add(self, row: list[str], outcome: str, reason: str = "") -> list[str]:
        self.made.rows.append(row)
        self.made.expect(outcome, reason)
        return row

    def _shape(self, plot: Plot, shape: Polygon | None = None) -> None:
        self.made.shapes.append((plot.sheet, plot.land_number, shape or plot.shape))

    def _person(self) -> tuple[str, str, str]:
        return tuple(map(self.random.choice, (TITLES, GIVEN_NAMES, SURNAMES)))  # type: ignore[return-value]

    def _personal_number(self) -> str:
        digits = f"{self.random.randrange(1, 9)}{self.random.randrange(10**11):011d}"
        check = (11 - sum((13 - i) * int(d) for i, d in enumerate(digits)) % 11) % 10
        self.made.personal_numbers.append(f"{digits}{check}")
        d = f"{digits}{check}"
        return self.random.choice([d, f"{d[0]} {d[1:5]} {d[5:10]} {d[10:12]} {d[12]}"])

    def _day(self) -> str:
        month = self.order.month
        return f"{self.random.randrange(1, 28)}/{month.month}/{month.year + 543}"

    def _amount(self) -> str:
        baht = self.random.randrange(10_000, 9_000_000)
        return self.random.choice(["฿-", " ฿-  ", f" ฿{baht:,}.00 ", f"{baht:,}", ""])

    # --- what happens to a plot ---------------------------------------------------------------

    def _bring_in(self, plot: Plot) -> None:
        """A title that is new to the register."""
        row = self._row(plot, "เอกสารสิทธิที่เกิดใหม่ - ปรับปรุง ระหว่างเดือน")
        self._transferred(plot, row)
        self.made.areas[plot.deed_number] = str(plot.area_m2)
        self.made.created.append(plot.deed_number)

    def _sell(self, plot: Plot) -> None:
        status = self.random.choice(["ขาย", "ให้", "ขายตามคำสั่งศาล"])
        self._transferred(plot, self._row(plot, status))

    def _inherit(self, plot: Plot) -> None:
        self._transferred(plot, self._row(plot, "โอนมรดก"))

    def _transferred(self, plot: Plot, row: list[str]) -> None:
        self._shape(plot)
        self._add(row, "applied")
        self.made.holders[plot.deed_number] = _named(row)

    def _share(self, plot: Plot) -> None:
        self._shape(plot)
        self._add(self._row(plot, "ให้เฉพาะส่วน (ระหว่างภาระจำยอม)"), "applied")

    def _mortgage(self, plot: Plot) -> None:
        statuses = ["จำนอง", "จำนองลำดับที่สอง", "ขึ้นเงินจากจำนอง ครั้งที่หนึ่ง"]
        self._add(self._row(plot, self.random.choice(statuses)), "applied")

    def _release(self, plot: Plot) -> None:
        self._add(self._row(plot, "ไถ่ถอนจากจำนอง"), "applied")

    def _note(self, plot: Plot) -> None:
        self._add(self._row(plot, "หมายเหตุสารบัญ", ไร่="", งาน="", วา=""), "applied")

    def _replace(self, plot: Plot) -> None:
        self._add(self._row(plot, "ใบแทน"), "applied")

    def _rename(self, plot: Plot) -> None:
        row = self._row(plot, "แก้ชื่อ (ราชการให้เปลี่ยนชื่อ)")
        if plot.holders != 1:
            self._add(row, "queued", "holder_unclear")
            return
        self._add(row, "applied")
        self.made.holders[plot.deed_number] = _named(row)

    def _survey(self, plot: Plot) -> None:
        """A survey found a little more or less; the corners are where they were."""
        new = replace(plot, area_m2=plot.area_m2 + Decimal("0.36"))
        self._shape(plot)
        self._add(self._row(new, "สอบเขตโฉนดที่ดิน"), "applied")
        self.made.areas[plot.deed_number] = str(new.area_m2)

    def _divide(self, plot: Plot) -> None:
        halves = _halves(plot.shape)
        if halves is None:
            self._survey(plot)
            return
        kept, gone = Area(plot.area_m2).apportion([half.area for half in halves])
        rest = replace(plot, area_m2=kept.square_metres, shape=halves[0])
        piece = self._piece(plot, gone.square_metres, halves[1])
        day = self._day()
        pair = [self._row(each, "แบ่งแยกในนามเดิม", วันที่=day) for each in (rest, piece)]
        self.random.shuffle(pair)
        for row in pair:
            self._add(row, "applied")
        self._shape(rest)
        self._shape(piece)
        self.made.areas |= {each.deed_number: str(each.area_m2) for each in (rest, piece)}
        self.made.created.append(piece.deed_number)

    def _piece(self, plot: Plot, area_m2: Decimal, shape: Polygon) -> Plot:
        """A plot with numbers that nobody has yet."""
        number = 7_000_000 + self.order.month.month * 10_000 + len(self.made.rows)
        land = str(500_000 + self.order.month.month * 10_000 + len(self.made.rows))
        return replace(
            plot, deed_number=str(number), land_number=land, area_m2=area_m2, shape=shape
        )

    def _cancel(self, plot: Plot) -> None:
        self._add(self._row(plot, "เอกสารสิทธิที่ยกเลิกระหว่างเดือน"), "applied")
        self.made.ended.append(plot.deed_number)

    # --- dirt ---------------------------------------------------------------------------------

    def _bad(self, plot: Plot, reason: str, status: str = "ขาย", **cells: str) -> None:
        self._add(self._row(plot, status, **cells), "quarantined", reason)

    def _no_such_day(self, plot: Plot) -> None:
        self._bad(plot, "day_does_not_exist", วันที่="29/2/2566")

    def _day_of_another_calendar(self, plot: Plot) -> None:
        wrong = self.random.choice(["2026-01-05", "5/1/2026", "", "5 ม.ค. 69"])
        self._bad(plot, "day_unreadable", วันที่=wrong)

    def _future(self, plot: Plot) -> None:
        self._bad(plot, "day_in_future", วันที่="1/1/2699")

    def _status(self, plot: Plot) -> None:
        self._bad(plot, "status_unknown", "สถานะที่ไม่เคยเห็น")

    def _area(self, plot: Plot) -> None:
        """Rai and ngan are swapped, or square wa run over."""
        swapped = self.random.choice([{"ไร่": "1", "งาน": "12"}, {"วา": "140"}, {"เศษ": "1.5"}])
        self._bad(plot, "area_unreadable", **swapped)

    def _sheet(self, plot: Plot) -> None:
        broken = self.random.choice([{"UTM_MAP3": "4781"}, {"UTM_MAP1": "51"}, {"UTM_MAP2": "7"}])
        self._bad(plot, "map_sheet_unreadable", **broken)

    def _holder(self, plot: Plot) -> None:
        self._bad(plot, "holder_missing", ชื่อ="", นามสกุล="")

    def _short_row(self, plot: Plot) -> None:
        self._bad(plot, "row_unreadable")
        text = ",".join(self.made.rows[-1][:9])
        self.made.lines[len(self.made.rows) - 1] = text

    def _open_quote(self, plot: Plot) -> None:
        self._bad(plot, "row_unreadable")
        text = '"' + ",".join(cell.replace(",", "") for cell in self.made.rows[-1])
        self.made.lines[len(self.made.rows) - 1] = text

    def _twice(self, plot: Plot) -> None:
        row = self._row(plot, "ขาย")
        self._transferred(plot, row)
        self._add(list(row), "unchanged", "row_known")

    def _two_buyers(self, plot: Plot) -> None:
        row = self._row(plot, "ขาย")
        other = list(row)
        other[_WHERE["ชื่อ"]] += "วรรณ"
        self._shape(plot)
        for each in (row, other):
            self._add(each, "queued", "several_holders")

    def _deed_of_another(self, plot: Plot) -> None:
        other = self.plots.pop()
        self._add(self._row(plot, "ขาย", โฉนด=other.deed_number), "queued", "land_number_differs")

    def _deed_nobody_has(self, plot: Plot) -> None:
        self._add(self._row(plot, "ขาย", โฉนด="6999999"), "queued", "deed_number_differs")

    def _unknown_plot(self, plot: Plot) -> None:
        nobody = self._piece(plot, plot.area_m2, plot.shape)
        self._add(self._row(nobody, "ขาย"), "queued", "no_parcel_found")

    def _piece_without_shape(self, plot: Plot) -> None:
        piece = self._piece(plot, plot.area_m2, plot.shape)
        self._add(self._row(piece, "แบ่งแยกในนามเดิม"), "queued", "no_shape_for_new_parcel")

    def _survey_without_shape(self, plot: Plot) -> None:
        new = replace(plot, area_m2=plot.area_m2 + Decimal("0.04"))
        self._add(self._row(new, "สอบเขตโฉนดที่ดิน"), "applied")
        self.made.areas[plot.deed_number] = str(new.area_m2)

    def _other_datum(self, plot: Plot) -> None:
        """The shape was shifted by other parameters and lies hundreds of metres away."""
        west, south, east, north = plot.shape.bounds
        far = max(190.0, 3 * (east - west), 3 * (north - south))
        self._shape(plot, _moved(plot.shape, far, -far / 3))
        self._add(self._row(plot, "สอบเขตโฉนดที่ดิน"), "queued", "shape_elsewhere")

    def _other_zone(self, plot: Plot) -> None:
        """The shape is in the coordinates of the other zone: six degrees off."""
        self._shape(plot, _moved(plot.shape, 620_000.0 if self.order.zone == 48 else -620_000.0, 0))
        self.made.shapes_refused["outside_office"] += 1
        self._add(self._row(plot, "หมายเหตุสารบัญ"), "applied")

    def _repeated_deed(self, plot: Plot) -> None:
        if not self.repeated:
            self._deed_nobody_has(plot)
            return
        row = self._row(self.repeated.pop(), "ขาย", ที่ดิน="")
        self._add(row, "queued", "deed_number_repeated")


def _named(row: list[str]) -> str:
    return " ".join(row[_WHERE[head]].strip() for head in ("คำนำหน้า", "ชื่อ", "นามสกุล"))


def _moved(shape: Polygon, dx: float, dy: float) -> Polygon:
    return Polygon([(x + dx, y + dy) for x, y in shape.exterior.coords])


def _halves(shape: Polygon) -> list[Polygon] | None:
    """The shape cut through the middle of its longer side; None where that gives no two pieces."""
    west, south, east, north = shape.bounds
    if east - west >= north - south:
        middle = round((west + east) / 2, 3)
        boxes = [(west, south, middle, north), (middle, south, east, north)]
    else:
        middle = round((south + north) / 2, 3)
        boxes = [(west, south, east, middle), (west, middle, east, north)]
    squares = [Polygon([(a, b), (c, b), (c, d), (a, d)]) for a, b, c, d in boxes]
    cut = [shape.intersection(square) for square in squares]
    halves = [half for half in cut if isinstance(half, Polygon) and half.area > 10]
    return halves if len(halves) == 2 else None
