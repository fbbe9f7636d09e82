"""Networks for the tests, made from true places and drawn errors."""

from __future__ import annotations

import math

import numpy as np

from cadastre.adjustment import (
    PLANE_ROLES,
    Angle,
    Azimuth,
    Direction,
    Distance,
    Network,
    Point,
    Role,
)

FIXED = (Role.FIXED, Role.FIXED, Role.ABSENT)
DATUM = (Role.DATUM, Role.DATUM, Role.ABSENT)
FREE = PLANE_ROLES
SECOND = math.pi / 180 / 3600


def azimuth(a, b):
    return math.atan2(b[0] - a[0], b[1] - a[1])


def scattered(number, seed, *, roles=None, noise=1.0, origin=(665_000.0, 1_520_000.0)):
    """So many points about a circle, everybody sees the next three; ``roles`` of the first ones."""
    random = np.random.default_rng(seed)
    turn = np.sort(random.uniform(0, math.tau, number)) + np.arange(number) * 1e-3
    radius = random.uniform(300, 600, number)
    true = {
        f"P{i}": (origin[0] + r * math.sin(t), origin[1] + r * math.cos(t))
        for i, (t, r) in enumerate(zip(turn, radius, strict=True))
    }
    names = list(true)
    observations = []
    for i, start in enumerate(names):
        around = [
            names[(i + step) % number] for step in (1, 2, 3) if names[(i + step) % number] != start
        ]
        around += [names[i - 1]]
        orientation = random.uniform(0, math.tau)
        for end in dict.fromkeys(around):
            if end == start:
                continue
            observations.append(
                Direction(
                    value=azimuth(true[start], true[end])
                    - orientation
                    + noise * random.normal(0, 5 * SECOND),
                    sigma=5 * SECOND,
                    start=start,
                    end=end,
                )
            )
        length = math.dist(true[start], true[around[0]])
        observations.append(
            Distance(
                value=length + noise * random.normal(0, 0.005),
                sigma=0.005,
                start=start,
                end=around[0],
            )
        )
    seen = azimuth(true[names[0]], true[names[2]]) - azimuth(true[names[0]], true[names[1]])
    observations.append(
        Angle(
            value=seen + noise * random.normal(0, 5 * SECOND),
            sigma=5 * SECOND,
            station=names[0],
            back=names[1],
            fore=names[2],
        )
    )
    roles = roles or {names[0]: FIXED, names[1]: FIXED}
    points = {
        name: Point(
            (
                *(
                    true[name]
                    if roles.get(name) == FIXED
                    else np.add(true[name], random.normal(0, 0.05, 2))
                ),
                None,
            ),
            roles.get(name, FREE),
        )
        for name in names
    }
    return Network(points, tuple(observations)), true


def dense(network, adjustment):
    """The same adjustment by plain dense algebra at the adjusted coordinates: Q and residuals.

    Derivatives are differences of an independent formula.
    """
    names = list(network.points)
    free = [
        (name, k)
        for name in names
        for k in (0, 1)
        if network.points[name].roles[k] is not Role.FIXED
    ]
    sets = list(dict.fromkeys(one.start for one in network.singles() if isinstance(one, Direction)))
    place = {name: np.array(adjustment.coordinates(name)[:2]) for name in names}

    def computed(one, at, orientation):
        if isinstance(one, Distance):
            return math.dist(at[one.start], at[one.end])
        if isinstance(one, Angle):
            return azimuth(at[one.station], at[one.fore]) - azimuth(at[one.station], at[one.back])
        if isinstance(one, Azimuth):
            return azimuth(at[one.start], at[one.end])
        return azimuth(at[one.start], at[one.end]) - orientation

    singles = list(network.singles())
    a = np.zeros((len(singles), len(free) + len(sets)))
    for row, one in enumerate(singles):
        for column, (name, k) in enumerate(free):
            ends = []
            for step in (1e-3, -1e-3):
                moved = dict(place)
                moved[name] = place[name] + np.eye(2)[k] * step
                ends.append(computed(one, moved, 0.0))
            difference = ends[0] - ends[1]
            if not isinstance(one, Distance):
                difference = math.remainder(difference, math.tau)
            a[row, column] = difference / 2e-3 / one.sigma
        if isinstance(one, Direction):
            a[row, len(free) + sets.index(one.start)] = -1 / one.sigma
    return a, free
