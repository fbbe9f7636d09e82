"""What can be wrong with a boundary: one class per fault, each with its place where it has one."""

from __future__ import annotations

from enum import StrEnum

from cadastre.errors import LandError, gettext_noop


class Severity(StrEnum):
    """Whether a finding keeps a boundary out of the register."""

    FAULT = "fault"
    WARNING = "warning"


class BoundaryFault(LandError):
    """A fault of a boundary. Evidence: ``x`` and ``y`` in metres where it lies, or None."""

    severity = Severity.FAULT

    @property
    def place(self) -> tuple[float, float] | None:
        """Where it is wrong, in the coordinates given; None for the boundary as a whole."""
        x, y = self.evidence.get("x"), self.evidence.get("y")
        if isinstance(x, float) and isinstance(y, float):
            return x, y
        return None


class GeometryUnsupported(BoundaryFault):
    code = "geometry_unsupported"
    message = gettext_noop(
        "A parcel must be a polygon or several; this is {kind}. Remove it from the file, or "
        "build polygons from it with the software that made it."
    )


class GeometryNestedTooDeep(BoundaryFault):
    code = "geometry_nested_too_deep"
    message = gettext_noop(
        "The geometry holds collections inside collections, more than {limit} deep. "
        "Save it as plain polygons."
    )


class GeometryUnreadable(BoundaryFault):
    code = "geometry_unreadable"
    message = gettext_noop(
        "The geometry is damaged and cannot be read. Export the file again from its source."
    )


class TooManyVertices(BoundaryFault):
    code = "too_many_vertices"
    message = gettext_noop(
        "The boundary has {count} points; at most {limit} are accepted. Remove points that lie "
        "on straight lines, or divide the area."
    )


class CoordinateNotFinite(BoundaryFault):
    code = "coordinate_not_finite"
    message = gettext_noop(
        "Point {position} of ring {ring} is not a place: {value}. Correct its coordinates."
    )


class RingNotClosed(BoundaryFault):
    code = "ring_not_closed"
    message = gettext_noop(
        "Ring {ring} does not close: its last point is {gap} m away from its first. "
        "End it at the point where it starts."
    )


class RingTooShort(BoundaryFault):
    code = "ring_too_short"
    message = gettext_noop(
        "Ring {ring} has {count} different points; a boundary needs at least 3. "
        "Check for points that were left out."
    )


class DuplicatePoint(BoundaryFault):
    severity = Severity.WARNING
    code = "duplicate_point"
    message = gettext_noop(
        "Two points of ring {ring} in a row are the same at {x:.3f}, {y:.3f}. "
        "It changes nothing, but may be a slip of the surveyor's pen."
    )


class Spike(BoundaryFault):
    code = "spike"
    message = gettext_noop(
        "Ring {ring} runs out to {x:.3f}, {y:.3f} and back on the same line. "
        "Remove that point or correct its coordinates."
    )


class SelfCrossing(BoundaryFault):
    code = "self_crossing"
    message = gettext_noop(
        "The boundary crosses or touches itself at {x:.3f}, {y:.3f}. Check the order of the "
        "points around that place."
    )


class AreaTooSmall(BoundaryFault):
    code = "area_too_small"
    message = gettext_noop(
        "Ring {ring} encloses {area} m²; that is no parcel. Its points lie on one line or on "
        "one spot: check their coordinates."
    )


class HoleEqualsShell(BoundaryFault):
    code = "hole_equals_shell"
    message = gettext_noop(
        "Hole {ring} is the same as the outer boundary, so nothing is left. Remove the hole."
    )


class HoleOutside(BoundaryFault):
    code = "hole_outside"
    message = gettext_noop(
        "A hole lies outside the parcel or crosses its boundary at {x:.3f}, {y:.3f}. "
        "A hole must lie within; a separate piece must be a part of its own."
    )


class PartsOverlap(BoundaryFault):
    code = "parts_overlap"
    message = gettext_noop(
        "Two parts of the parcel or two of its holes cover the same ground at {x:.3f}, {y:.3f}. "
        "Draw every piece once."
    )


class SnappedAway(BoundaryFault):
    code = "snapped_away"
    message = gettext_noop(
        "On a grid of {grid} m nothing is left of the boundary, or it falls apart. "
        "It is thinner than the grid: check its coordinates."
    )
