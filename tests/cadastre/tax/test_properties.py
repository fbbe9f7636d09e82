"""What must hold for every assessment, whatever the figures."""

from __future__ import annotations

from decimal import Decimal, localcontext
from itertools import accumulate, pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from cadastre.area import Area
from cadastre.tax import (
    Building,
    ExemptionOrder,
    Kind,
    Land,
    Owner,
    Policy,
    Property,
    Relief,
    Structure,
    TaxClass,
    Use,
    UsePart,
    answer,
    assess_properties,
    schedule_for,
)
from cadastre.tax.assessment import slice_base
from cadastre.tax.money import EXACT, apportion, half_up

values = st.integers(0, 10**13)  # satang: up to a hundred billion baht
years = st.integers(2020, 2030)
classes = st.sampled_from(TaxClass)
policies = st.builds(Policy, st.sampled_from(ExemptionOrder), st.booleans())


@st.composite
def several_uses(draw):
    uses = draw(st.lists(st.sampled_from(Use), min_size=1, max_size=5, unique=True))
    if len(uses) == 1:
        return (UsePart(uses[0]),)
    cuts = draw(
        st.lists(
            st.integers(1, 999_999), min_size=len(uses) - 1, max_size=len(uses) - 1, unique=True
        )
    )
    bounds = [0, *sorted(cuts), 1_000_000]
    shares = [Decimal(high - low) / 1_000_000 for low, high in pairwise(bounds)]
    return tuple(UsePart(use, share) for use, share in zip(uses, shares, strict=True))


@st.composite
def a_property(draw):
    uses = draw(several_uses())
    vacant = any(part.use is Use.VACANT for part in uses)
    common = {
        "uses": uses,
        "years_vacant": draw(st.integers(0, 40)) if vacant else 0,
        "joint_base": draw(st.sampled_from([None, "a", "b"])),
    }
    if draw(st.booleans()):
        kind = draw(st.sampled_from(Kind))
        return Property(kind, appraised_value_satang=draw(values), **common)
    wa = draw(st.decimals(0, 10**6, places=4, allow_nan=False, allow_infinity=False))
    building = Building(
        floor_area_m2=draw(st.decimals(1, 10**5, places=4)),
        price_per_m2_satang=draw(st.integers(0, 10**7)),
        structure=draw(st.sampled_from(Structure)),
        age_years=draw(st.integers(0, 80)),
    )
    land = Land(Area.from_square_wa(wa), draw(st.integers(0, 10**8)))
    return Property(Kind.LAND_AND_BUILDING, land=land, buildings=(building,), **common)


def exact_tax(tax_class, satang, addition=Decimal(0)):
    with localcontext(EXACT):
        return slice_base(schedule_for(2026).rates[tax_class].value, satang, addition=addition)[1]


@given(classes, values, values)
def test_tax_rises_with_value(tax_class, one, more):
    low, high = sorted((one, more))
    assert exact_tax(tax_class, low) <= exact_tax(tax_class, high)


@given(classes, values, values)
@example(TaxClass.OTHER, 50_000_000_00, 1)
def test_dividing_a_base_never_raises_its_tax(tax_class, one, other):
    whole = exact_tax(tax_class, one + other)
    assert exact_tax(tax_class, one) + exact_tax(tax_class, other) <= whole
    # After rounding each bill once, the two halves of a satang may come to one.
    assert half_up(exact_tax(tax_class, one)) + half_up(exact_tax(tax_class, other)) <= (
        half_up(whole) + 1
    )


@given(classes, st.lists(values, min_size=1, max_size=6))
def test_stacked_bases_pay_exactly_the_tax_of_their_sum(tax_class, parts):
    scale = schedule_for(2026).rates[tax_class].value
    starts = accumulate(parts, initial=0)
    with localcontext(EXACT):
        stacked = sum(
            slice_base(scale, part, offset_satang=start)[1]
            for part, start in zip(parts, starts, strict=False)
        )
    assert stacked == exact_tax(tax_class, sum(parts))


@given(classes, values, st.integers(0, 10**12))
def test_slices_lie_end_to_end_and_add_up_to_the_tax(tax_class, base, offset):
    with localcontext(EXACT):
        slices, exact = slice_base(
            schedule_for(2026).rates[tax_class].value, base, offset_satang=offset
        )
    assert sum(each.tax_satang for each in slices) == half_up(exact)
    assert sum(each.to_satang - each.from_satang for each in slices) == base
    assert all(a.to_satang == b.from_satang for a, b in pairwise(slices))
    assert all(a.rate < b.rate for a, b in pairwise(slices))


@given(
    st.integers(0, 10**15),
    st.lists(st.integers(0, 10**9), min_size=1, max_size=9).filter(any),
)
@example(1, [1, 1, 1])
def test_apportioning_loses_nothing_and_stays_close(total, weights):
    parts = apportion(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * sum(weights) - total * weight) <= sum(weights)


def test_half_a_satang_goes_up():
    assert [half_up(Decimal(text)) for text in ("0.5", "1.5", "2.5", "2.4999")] == [1, 2, 3, 2]
    assert apportion(1, [1, 1]) == [1, 0]
    assert apportion(100, [1, 1, 1]) == [33, 34, 33]


@given(
    st.sampled_from([Owner.INDIVIDUAL, Owner.JURISTIC, Owner.STATE]),
    st.lists(a_property(), min_size=1, max_size=6),
    years,
    policies,
)
def test_every_assessment_adds_up(owner, properties, year, policy):
    schedule = schedule_for(year)
    assessment = assess_properties(owner, properties, schedule, policy)

    for index, thing in enumerate(properties):
        lines = [line for line in assessment.lines if line.property_index == index]
        alone = assess_properties(owner, [thing], schedule, policy)
        assert [line.use for line in lines] == [part.use for part in thing.uses]
        assert sum(line.value_satang for line in lines) == sum(
            line.value_satang for line in alone.lines
        )
        if thing.appraised_value_satang is not None:
            assert sum(line.value_satang for line in lines) == thing.appraised_value_satang
    for line in assessment.lines:
        assert 0 <= line.exemption_satang <= line.value_satang
        assert 0 <= line.reduction_satang <= line.gross_tax_satang
        assert type(line.tax_satang) is int
        assert line.tax_satang >= 0
        assert all(each.rate <= Decimal("0.03") for each in line.slices)
    assert assessment.tax_satang == sum(line.tax_satang for line in assessment.lines)
    farms = [line for line in assessment.lines if line.tax_class is TaxClass.AGRICULTURE]
    if owner is Owner.INDIVIDUAL and year >= 2023:
        total = sum(line.value_satang for line in farms)
        assert sum(line.exemption_satang for line in farms) == min(total, 50_000_000_00)


@given(st.lists(values, min_size=1, max_size=6), st.sampled_from(ExemptionOrder))
def test_sliced_as_one_base_the_order_of_the_exemption_does_not_matter(parts, order):
    farms = [
        Property(Kind.LAND, (UsePart(Use.AGRICULTURE),), appraised_value_satang=p) for p in parts
    ]
    exact = [
        sum(
            line.exact_tax_satang
            for line in assess_properties(
                Owner.INDIVIDUAL, farms, schedule_for(2026), Policy(each, joint_agriculture=True)
            ).lines
        )
        for each in (order, ExemptionOrder.HIGHEST_VALUE_FIRST)
    ]
    assert exact[0] == exact[1]
    assert exact[0] == exact_tax(TaxClass.AGRICULTURE, max(sum(parts) - 50_000_000_00, 0))


@given(values, st.sampled_from([Relief.POWER_PLANT, Relief.PRIVATE_SCHOOL]), years)
def test_a_reduction_is_taken_from_the_unrounded_tax(value, relief, year):
    schedule = schedule_for(year)
    thing = Property(Kind.LAND, (UsePart(Use.OTHER),), appraised_value_satang=value, relief=relief)
    (line,) = assess_properties(Owner.JURISTIC, [thing], schedule).lines
    with localcontext(EXACT):
        left = 1 - schedule.reliefs[relief].value.part
        exact = exact_tax(TaxClass.OTHER, value) * left * (1 - schedule.every_property.value)
    assert line.tax_satang == half_up(exact)


@given(st.lists(a_property(), min_size=1, max_size=4), years)
def test_every_line_can_be_explained_in_both_languages(properties, year):
    given_answer = answer(assess_properties(Owner.INDIVIDUAL, properties, schedule_for(year)))
    for line in given_answer["lines"]:
        assert len(line["steps"]) >= 3
        for step in line["steps"]:
            assert step["th"]
            assert step["en"].endswith(".")
            assert step["reference"]
            assert "None" not in step["th"] + step["en"]
