"""What the demo town consists of: plain numpy columns, ready to be copied into a database.

Every table is a frozen dataclass of equally long one-dimensional arrays ("columns"); a row is an
index into them. Rings and lines are ragged: row ``i`` owns ``xy[offsets[i]:offsets[i + 1]]``.

Units, throughout: coordinates are metres in EPSG:32647 on the 1 mm grid; rings are closed (the
first vertex is repeated), counter-clockwise and valid; vertices shared by neighbours are
bit-identical. Money is whole baht, years are of the Common Era, and ``0`` means "none" in every
number, year or amount whose docstring says so. Small integer codes index the constant tuples
beside them (``LAND_CLASSES[parcels.land_class[i]]``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[Any]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Dates = NDArray[np.datetime64]

SRID = 32647
MUNICIPALITY_TH = "เทศบาลเมืองบางโฉนด"
MUNICIPALITY_EN = "Bang Chanot Town Municipality"
PROVINCE_CODE = "12"
DISTRICT_CODE = "1203"

LAND_CLASSES = (
    "shop_house",
    "townhouse",
    "detached",
    "house",
    "commercial",
    "factory",
    "condominium",
    "orchard",
    "rice",
    "idle",
    "temple",
    "school",
    "hospital",
    "office",
    "market",
    "park",
    "street",
    "canal",
)
"""How a plot is laid out. ``house`` is an ordinary house on an old plot, ``idle`` unused land."""

LAND_USES = (
    "agriculture", "residential", "commercial", "mixed", "vacant", "public", "road", "water",
)  # fmt: skip
TITLE_TYPES = ("chanote", "ns3k", "nsl", "state_property")
"""``nsl`` is หนังสือสำคัญสำหรับที่หลวง; ``state_property`` a public way or water without a paper."""

USES = ("agriculture", "main_home", "residential", "other", "vacant")
"""Uses as in the Land and Building Tax Act."""

PARTY_KINDS = ("individual", "juristic", "state", "religious")
STRUCTURES = ("masonry", "half_timber", "timber")
STREET_CLASSES = ("highway", "main", "local", "soi")
WATER_CLASSES = ("khlong", "ditch")
FIX_TYPES = ("fixed", "float")


@dataclass(frozen=True, slots=True)
class Shapes:
    """Ragged coordinates: shape ``i`` is ``xy[offsets[i]:offsets[i + 1]]``.

    ``offsets`` int64 (n + 1); ``xy`` float64 (vertices, 2), metres east and north, EPSG:32647.
    """

    offsets: Ints
    xy: Floats

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, index: int) -> Floats:
        """Vertices of one shape, (k, 2) metres."""
        return self.xy[self.offsets[index] : self.offsets[index + 1]]


@dataclass(frozen=True, slots=True)
class Parcels:
    """Every plot of the municipality, streets and canals included: the gap-free fabric.

    ``rings``            closed counter-clockwise outer ring
    ``land_class``       index into LAND_CLASSES
    ``land_use``         index into LAND_USES: what one sees there
    ``is_taxable``       false for land of the state, temples and the public, which has no uses
    ``title_type``       index into TITLE_TYPES
    ``zone, block, lot`` tax map: zone 1.., block 0.. (A..), lot 1..999, or 0 for streets and
                         canals, which have no code; see ``tax_codes``
    ``sheet``            row of ``Town.sheets``; ``land_number`` unique within it, 0 = none (ways)
    ``deed_number``      unique in the district; 0 = no title deed
    ``survey_page``      unique in the sub-district; 0 = none
    ``book, page``       where the deed is bound (เล่ม, หน้า); 0 = none
    ``legal_area_tenths`` area printed on the paper, in tenths of a square wa (1 = 0.4 m²);
                         0 = no paper (ways)
    ``sub_district``     row of ``Town.sub_districts``
    ``street``           row of ``Town.streets`` the plot fronts; -1 = none
    ``house_number, house_sub`` address 99/123 as 99 and 123; 0 = no number or no sub-number
    ``land_price``       appraised baht per square wa, that of its street; 0 if not taxable
    ``vacant_since``     year from which the land has lain unused; 0 = in use
    ``in_house_registration`` an owner is in the house registration there (main home)
    """

    rings: Shapes
    land_class: Ints
    land_use: Ints
    is_taxable: Bools
    title_type: Ints
    zone: Ints
    block: Ints
    lot: Ints
    sheet: Ints
    land_number: Ints
    deed_number: Ints
    survey_page: Ints
    book: Ints
    page: Ints
    legal_area_tenths: Ints
    sub_district: Ints
    street: Ints
    house_number: Ints
    house_sub: Ints
    land_price: Ints
    vacant_since: Ints
    in_house_registration: Bools

    def __len__(self) -> int:
        return len(self.land_class)

    def tax_codes(self) -> NDArray[np.bytes_]:
        """Tax parcel codes such as ``01A001``, as ASCII ``S6``; unique, empty for ways."""
        digits = np.empty((len(self), 6), np.uint8)
        digits[:, 0] = 48 + self.zone // 10
        digits[:, 1] = 48 + self.zone % 10
        digits[:, 2] = 65 + self.block
        digits[:, 3] = 48 + self.lot // 100
        digits[:, 4] = 48 + self.lot // 10 % 10
        digits[:, 5] = 48 + self.lot % 10
        digits[self.lot == 0] = 0
        return digits.reshape(-1).view("S6")


@dataclass(frozen=True, slots=True)
class ParcelUses:
    """Uses of the taxable parcels; the shares of one parcel total 100. Sorted by ``parcel``.

    ``parcel`` row of parcels; ``use`` index into USES; ``share`` per cent 1..100.
    """

    parcel: Ints
    use: Ints
    share: Ints


@dataclass(frozen=True, slots=True)
class Sheets:
    """UTM map sheets (ระวาง) that hold at least one parcel.

    ``name``   ASCII such as ``5036 I 4832-07`` (1:1000) or ``5036 I 4832`` (1:4000)
    ``scale``  1000 (500 m square) or 4000 (2 km square)
    ``easting, northing`` lower-left corner, metres EPSG:32647; the square itself is one of the
               Indian 1975 grid, which runs parallel within centimetres
    """

    name: NDArray[np.bytes_]
    scale: Ints
    easting: Floats
    northing: Floats


@dataclass(frozen=True, slots=True)
class SubDistrict:
    """A real sub-district (ตำบล) of Amphoe Bang Yai: six-digit code and names."""

    code: str
    name_th: str
    name_en: str
    postcode: str


@dataclass(frozen=True, slots=True)
class Areas:
    """Zones or blocks of the tax map as simple polygons: the outline of their parcels.

    ``rings`` closed counter-clockwise; ``zone`` 1..; ``block`` 0.. (A..), -1 in the zones.
    A zone or block in several parts has a row for each part.
    """

    rings: Shapes
    zone: Ints
    block: Ints

    def codes(self) -> list[str]:
        """``01`` for a zone, ``01A`` for a block."""
        letters = ["" if b < 0 else chr(65 + b) for b in self.block.tolist()]
        return [f"{z:02d}{b}" for z, b in zip(self.zone.tolist(), letters, strict=True)]


@dataclass(frozen=True, slots=True)
class Ways:
    """Streets or waterways.

    ``lines``  centre lines; ``way_class`` index into STREET_CLASSES or WATER_CLASSES
    ``width``  metres between the parcel lines; ``name_th``, ``name_en`` unique within the table
    ``land_price`` appraised baht per square wa of the land along it; 0 for waterways
    """

    lines: Shapes
    way_class: Ints
    width: Floats
    land_price: Ints
    name_th: list[str]
    name_en: list[str]


@dataclass(frozen=True, slots=True)
class Parties:
    """Holders of rights. Invented people: names are drawn from written lists and syllables.

    ``kind`` index into PARTY_KINDS; ``title`` (นาย, นาง, นางสาว or empty), ``given_name`` (or the
    whole name of a juristic person, state body or temple) and ``surname`` (empty unless individual)
    are rows of ``titles``, ``given_names`` and ``surnames``.
    """

    kind: Ints
    title: Ints
    given_name: Ints
    surname: Ints
    titles: tuple[str, ...]
    given_names: tuple[str, ...]
    surnames: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.kind)

    def full_name(self, index: int) -> str:
        """A party's name as written on a deed."""
        title = self.titles[self.title[index]]
        surname = self.surnames[self.surname[index]]
        return f"{title}{self.given_names[self.given_name[index]]} {surname}".strip()


@dataclass(frozen=True, slots=True)
class Shares:
    """Ownership; the fractions of one parcel total one exactly. Sorted by ``parcel``.

    ``parcel``, ``party`` rows; share = ``numerator / denominator`` in lowest terms.
    """

    parcel: Ints
    party: Ints
    numerator: Ints
    denominator: Ints


@dataclass(frozen=True, slots=True)
class BuildingType:
    """A kind of building, as in the Treasury's price list: code, names, structure, baht per m².

    Codes that begin with D belong to the demo: the published samples give no code for that kind.
    """

    code: str
    name_th: str
    name_en: str
    structure: str
    price_per_m2: int


@dataclass(frozen=True, slots=True)
class Buildings:
    """Buildings, each inside its parcel. Sorted by ``parcel``.

    ``rings`` closed footprint; ``parcel`` row; ``type`` row of ``Town.building_types``;
    ``structure`` index into STRUCTURES; ``floors``; ``floor_area_hundredths`` all floors together,
    in 0.01 m² (footprint times floors); ``year_built``; ``price_per_m2`` baht; ``use`` index into
    USES, -1 if not taxable.
    """

    rings: Shapes
    parcel: Ints
    type: Ints
    structure: Ints
    floors: Ints
    floor_area_hundredths: Ints
    year_built: Ints
    price_per_m2: Ints
    use: Ints


@dataclass(frozen=True, slots=True)
class SurveyPoints:
    """RTK observations of corner marks, within their stated accuracy of the corner of the parcel.

    ``job`` survey job 0..: one day's work; each corner is observed once. ``parcel`` row of one
    parcel there; ``corner`` 0-based vertex of its ring; ``easting, northing`` observed metres (to
    0.1 mm); ``height`` ellipsoidal metres; ``accuracy_h, accuracy_v`` metres (largest error);
    ``observed_at`` datetime64[s], UTC; ``fix`` index into FIX_TYPES; ``satellites``; ``pdop``.
    """

    job: Ints
    parcel: Ints
    corner: Ints
    easting: Floats
    northing: Floats
    height: Floats
    accuracy_h: Floats
    accuracy_v: Floats
    observed_at: Dates
    fix: Ints
    satellites: Ints
    pdop: Floats


@dataclass(frozen=True, slots=True)
class Town:
    """The whole municipality. ``outline`` is its closed boundary ring, (k, 2) metres."""

    seed: int
    year: int
    outline: Floats
    sub_districts: tuple[SubDistrict, ...]
    sheets: Sheets
    parcels: Parcels
    uses: ParcelUses
    zones: Areas
    blocks: Areas
    streets: Ways
    waterways: Ways
    parties: Parties
    shares: Shares
    building_types: tuple[BuildingType, ...]
    buildings: Buildings
    survey_points: SurveyPoints
