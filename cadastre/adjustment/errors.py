"""What an adjustment refuses, and why."""

from __future__ import annotations

from cadastre.errors import LandError, gettext_noop


class DatumDefect(LandError):
    code = "datum_defect"
    message = gettext_noop(
        "The observations do not determine all coordinates; undetermined are among others: "
        "{unknowns}. Add observations, or hold more known points fixed."
    )


class NotConverged(LandError):
    code = "adjustment_not_converged"
    message = gettext_noop(
        "The adjustment did not settle after {iterations} steps. Check the approximate "
        "coordinates and look for an observation with a gross error."
    )


class NothingToAdjust(LandError):
    code = "nothing_to_adjust"
    message = gettext_noop(
        "There are no observations or no free coordinates. Add observations and approximate "
        "coordinates for the new points."
    )


class PointMissing(LandError):
    code = "point_missing"
    message = gettext_noop(
        "Point {point} is observed but has neither a known nor an approximate {component}. "
        "Give it one."
    )


class StartValuesMissing(LandError):
    code = "start_values_missing"
    message = gettext_noop(
        "No approximate coordinates could be computed for: {points}. Give them approximate "
        "coordinates, or observe them from points that are known."
    )


class PointsCoincide(LandError):
    code = "points_coincide"
    message = gettext_noop(
        "Points {start} and {end} have the same place, so what was measured between them has "
        "no direction. Correct the approximate coordinates of one of them."
    )


class CovarianceUnusable(LandError):
    code = "covariance_unusable"
    message = gettext_noop(
        "The standard deviation or covariance matrix of the observation {observation} is not "
        "positive definite. Correct it in the file."
    )


class ObservationUnsuitable(LandError):
    code = "observation_unsuitable"
    message = gettext_noop(
        "The observation {observation} cannot be used in this network: {reason}. Take it out or "
        "correct it."
    )


class NetworkFileUnreadable(LandError):
    code = "network_file_unreadable"
    message = gettext_noop("{place}: {reason}. Correct the file; nothing was adjusted.")
