"""Who owns what: families, co-owners, companies, the state and the temples. All invented."""

from __future__ import annotations

import numpy as np

from .lots import CLASS, Lots
from .names import FEMALE, LAST_SYLLABLES, MALE, PLACES, TITLES, TRADES, surnames
from .plan import HIGHWAY
from .town import MUNICIPALITY_TH, PARTY_KINDS, Bools, Ints, Parties, Shares

HIGHWAYS, MUNICIPALITY, IRRIGATION, TREASURY = range(4)
STATE = ("กรมทางหลวง", MUNICIPALITY_TH, "กรมชลประทาน", "กรมธนารักษ์ กระทรวงการคลัง")

COMPANY_CHANCE = {
    "shop_house": 0.07, "townhouse": 0.03, "detached": 0.03, "house": 0.01, "commercial": 0.85,
    "factory": 0.9, "condominium": 1.0, "orchard": 0.02, "rice": 0.03,
}  # fmt: skip

PATTERNS = np.array(
    [
        # co-owners, numerators, denominators
        [2, 1, 1, 0, 0, 2, 2, 1, 1],
        [2, 2, 1, 0, 0, 3, 3, 1, 1],
        [2, 3, 7, 0, 0, 10, 10, 1, 1],
        [3, 1, 1, 1, 0, 3, 3, 3, 1],
        [3, 1, 1, 1, 0, 2, 4, 4, 1],
        [4, 1, 1, 1, 1, 4, 4, 4, 4],
        [4, 2, 1, 1, 1, 5, 5, 5, 5],
    ]
)


def people(
    lots: Lots, way_class: Ints, common: Bools, rng: np.random.Generator
) -> tuple[Parties, Shares]:
    """Parties and their shares in every parcel.

    ``way_class`` of the street each lot faces; ``common`` gardens are their estate's company's.
    """
    n = len(lots)
    owner = np.full(n, -1)
    state = _state_owner(lots, way_class, common)
    owner[state >= 0] = state[state >= 0]
    temples = np.flatnonzero(lots.land_class == CLASS["temple"])
    owner[temples] = len(STATE) + np.arange(len(temples))
    first_company = len(STATE) + len(temples)
    chance = np.zeros(len(CLASS))
    for name, value in COMPANY_CHANCE.items():
        chance[CLASS[name]] = value
    company = (owner < 0) & ((rng.random(n) < chance[lots.land_class]) | common)
    companies = -(-lots.superblock.max() // 3) + 2
    owner[company] = first_company + lots.superblock[company] // 3

    private = np.flatnonzero(owner < 0)
    fresh = rng.random(len(private)) < 0.84
    fresh[:1] = True
    person = np.cumsum(fresh) - 1
    persons = int(person[-1]) + 1 if len(person) else 0
    # Some people own plots all over the town.
    roaming = rng.random(len(private)) < 0.04
    person[roaming] = (persons * rng.random(int(roaming.sum())) ** 2).astype(np.int64)
    shared = private[rng.random(len(private)) < 0.13]
    first_person = first_company + int(companies)
    owner[private] = first_person + person
    shares, relatives = _shares(owner, shared, first_person + persons, rng)
    parties = _parties(len(temples), int(companies), persons, relatives - first_person, rng)
    return parties, shares


def _state_owner(lots: Lots, way_class: Ints, common: Bools) -> Ints:
    """The state body that holds a public parcel, or -1."""
    owner = np.full(len(lots), -1)
    owner[lots.land_class == CLASS["street"]] = MUNICIPALITY
    owner[(lots.land_class == CLASS["street"]) & (way_class == HIGHWAY)] = HIGHWAYS
    owner[lots.land_class == CLASS["canal"]] = IRRIGATION
    for name in ("school", "hospital"):
        owner[lots.land_class == CLASS[name]] = TREASURY
    for name in ("office", "market"):
        owner[lots.land_class == CLASS[name]] = MUNICIPALITY
    owner[(lots.land_class == CLASS["park"]) & ~common] = MUNICIPALITY
    return owner


def _shares(
    owner: Ints, shared: Ints, first_relative: int, rng: np.random.Generator
) -> tuple[Shares, Ints]:
    """One row per holder. Returns also, for each added co-owner, whose relative that is."""
    pattern = PATTERNS[rng.integers(0, len(PATTERNS), len(shared))]
    holders = np.ones(len(owner), np.int64)
    holders[shared] = pattern[:, 0]
    parcel = np.repeat(np.arange(len(owner)), holders)
    place = np.arange(len(parcel)) - (np.cumsum(holders) - holders)[parcel]
    party = owner[parcel]
    added = place > 0
    relative_of = party[added]
    party[added] = first_relative + np.arange(int(added.sum()))
    numerator, denominator = np.ones(len(parcel), np.int64), np.ones(len(parcel), np.int64)
    which = np.full(len(owner), -1)
    which[shared] = np.arange(len(shared))
    common = which[parcel] >= 0
    row = pattern[which[parcel[common]]]
    index = np.arange(len(row))
    numerator[common] = row[index, 1 + place[common]]
    denominator[common] = row[index, 5 + place[common]]
    return Shares(parcel, party, numerator, denominator), relative_of


def _parties(
    temples: int, companies: int, persons: int, relative_of: Ints, rng: np.random.Generator
) -> Parties:
    """State bodies, temples, companies, people, and the relatives who share with them."""
    family = surnames(min(max(60, persons), 60_000), rng)
    firms = _firms(companies, rng)
    wats = [f"วัด{PLACES[i % len(PLACES)][0]}{i // len(PLACES) or ''}" for i in range(temples)]
    given = (*STATE, *wats, *firms, *MALE, *FEMALE)
    bodies = len(STATE) + temples + companies
    total = bodies + persons + len(relative_of)
    kind = np.full(total, PARTY_KINDS.index("individual"), np.int8)
    kind[: len(STATE)] = PARTY_KINDS.index("state")
    kind[len(STATE) : len(STATE) + temples] = PARTY_KINDS.index("religious")
    kind[len(STATE) + temples : bodies] = PARTY_KINDS.index("juristic")
    people_count = total - bodies
    title = np.zeros(total, np.int8)
    title[bodies:] = rng.choice([1, 2, 3], people_count, p=[0.5, 0.27, 0.23])
    name = np.arange(total)
    man = rng.integers(0, len(MALE), people_count)
    woman = len(MALE) + rng.integers(0, len(FEMALE), people_count)
    name[bodies:] = bodies + np.where(title[bodies:] == 1, man, woman)
    surname = np.zeros(total, np.int32)
    # Surname 0 is the empty one; some families are large.
    own = 1 + (len(family) * rng.random(persons) ** 1.3).astype(np.int64)
    surname[bodies : bodies + persons] = own
    stranger = 1 + rng.integers(0, len(family), len(relative_of))
    kin = rng.random(len(relative_of)) < 0.8
    surname[bodies + persons :] = np.where(kin, own[relative_of], stranger)
    return Parties(kind, title, name.astype(np.int32), surname, TITLES, given, ("", *family))


def _firms(number: int, rng: np.random.Generator) -> list[str]:
    """Names of companies and partnerships, distinct."""
    made = []
    for index in range(number):
        place = PLACES[index % len(PLACES)][0]
        suffix = LAST_SYLLABLES[int(rng.integers(len(LAST_SYLLABLES)))]
        trade = TRADES[int(rng.integers(len(TRADES)))]
        round_ = f" {index // len(PLACES) + 1}" if index >= len(PLACES) else ""
        if rng.random() < 0.7:
            made.append(f"บริษัท {place}{suffix}{trade}{round_} จำกัด")
        else:
            made.append(f"ห้างหุ้นส่วนจำกัด {place}{suffix}{trade}{round_}")
    return made
