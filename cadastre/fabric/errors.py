"""Why an edit is refused. Evidence ``x`` and ``y``: the place, metres east and north."""

from __future__ import annotations

from cadastre.errors import gettext_noop
from cadastre.planar import BoundaryFault, Severity


class EditRefused(BoundaryFault):
    """An edit that cannot be made; ``place`` says where, ``edges`` which sides are concerned."""

    code = "edit_refused"
    message = gettext_noop("The parcels cannot be changed in this way.")

    @property
    def edges(self) -> tuple[tuple[tuple[float, float], tuple[float, float]], ...]:
        """The sides concerned, each as two points in metres; empty where there are none."""
        found = self.evidence.get("edges", ())
        return found if isinstance(found, tuple) else ()


class NotOnGrid(EditRefused):
    code = "not_on_grid"
    message = gettext_noop(
        "The point {x}, {y} does not lie on the millimetre grid of legal coordinates. "
        "Round the boundary to millimetres first."
    )


class LineMissesParcel(EditRefused):
    code = "line_misses_parcel"
    message = gettext_noop(
        "The line does not divide the parcel: it passes by or only touches it near "
        "{x:.3f}, {y:.3f}. Draw it from boundary to boundary."
    )


class LineRunsAlongBoundary(EditRefused):
    code = "line_runs_along_boundary"
    message = gettext_noop(
        "The line runs along the boundary at {x:.3f}, {y:.3f} instead of through the parcel. "
        "Start and end it where it enters and leaves the parcel."
    )


class LineEndsInside(EditRefused):
    code = "line_ends_inside"
    message = gettext_noop(
        "The line ends inside the parcel at {x:.3f}, {y:.3f}. "
        "Draw it on to the boundary or past it."
    )


class LineTooCloseToMark(EditRefused):
    code = "line_too_close_to_mark"
    message = gettext_noop(
        "The line passes {distance_mm} mm beside the boundary mark at {x:.3f}, {y:.3f}. "
        "Draw it through the mark, or further away from it."
    )


class LineTooCloseToBoundary(EditRefused):
    code = "line_too_close_to_boundary"
    message = gettext_noop(
        "The point {x:.3f}, {y:.3f} of the line lies {distance_mm} mm inside the boundary. "
        "Put it on the boundary, or further away from it."
    )


class LineCrossesItself(EditRefused):
    code = "line_crosses_itself"
    message = gettext_noop(
        "The line crosses or touches itself near {x:.3f}, {y:.3f}. Check the order of its points."
    )


class LineTooShort(EditRefused):
    code = "line_too_short"
    message = gettext_noop(
        "A line needs at least two different points. Add the points that are missing."
    )


class LineTurnsTooSharply(EditRefused):
    code = "line_turns_too_sharply"
    message = gettext_noop(
        "A strip of this width cannot follow the line around {x:.3f}, {y:.3f}. "
        "Make the strip narrower or the turn wider."
    )


class RingLeavesParcel(EditRefused):
    code = "ring_leaves_parcel"
    message = gettext_noop(
        "The new piece reaches out of the parcel at {x:.3f}, {y:.3f}. "
        "Check the coordinates around that place."
    )


class RingTakesAll(EditRefused):
    code = "ring_takes_all"
    message = gettext_noop(
        "The new piece is the whole parcel, so nothing is left to divide. Check its coordinates."
    )


class PiecesTooMany(EditRefused):
    code = "pieces_too_many"
    message = gettext_noop(
        "This would make {count} pieces; from 2 to {limit} are possible in one step. "
        "Divide the parcel in several steps."
    )


class SideUnknown(EditRefused):
    code = "side_unknown"
    message = gettext_noop(
        "There is no side of the parcel at {x:.3f}, {y:.3f}. Choose one of its sides on the map."
    )


class AreaNotAvailable(EditRefused):
    code = "area_not_available"
    message = gettext_noop(
        "An area of {area_m2} m² cannot be cut off along this side; of {available_m2} m² a part "
        "must be left. Choose another area or another side."
    )


class WidthUnusable(EditRefused):
    code = "width_unusable"
    message = gettext_noop(
        "A strip cannot be {width_m} m wide. Give a width from 0.1 m to 1,000 m."
    )


class ParcelsNotAdjacent(EditRefused):
    code = "parcels_not_adjacent"
    message = gettext_noop(
        "The parcels do not all share a side; the one at {x:.3f}, {y:.3f} stands apart. "
        "Choose parcels with a common boundary, or close the gap between them first."
    )


class OverlapsNeighbour(EditRefused):
    code = "overlaps_neighbour"
    message = gettext_noop(
        "The parcel would cover ground of a neighbour at {x:.3f}, {y:.3f}, along {count} sides. "
        "Use the neighbour's marks there, or have its boundary corrected too."
    )


class GapToNeighbour(EditRefused):
    code = "gap_to_neighbour"
    message = gettext_noop(
        "A gap too narrow to be land would stay open at {x:.3f}, {y:.3f}, along {count} sides. "
        "Use the neighbour's marks there."
    )


class GroundDisputed(EditRefused):
    code = "ground_disputed"
    message = gettext_noop(
        "The ground given up at {x:.3f}, {y:.3f} borders on several neighbours, so it is not "
        "clear who gets it. Move the common mark instead, or change one side at a time."
    )


class ParcelsTooFew(EditRefused):
    code = "parcels_too_few"
    message = gettext_noop("At least two different parcels can be merged. Choose another one.")


class MarkUnknown(EditRefused):
    code = "mark_unknown"
    message = gettext_noop(
        "There is no boundary mark at {x:.3f}, {y:.3f}. Choose a mark on the map."
    )


class MarkNotOnSide(EditRefused):
    code = "mark_not_on_side"
    message = gettext_noop(
        "The point {x:.3f}, {y:.3f} does not lie on that side. Place the mark on the boundary "
        "first, then move it."
    )


class MarkTooCloseToMark(EditRefused):
    code = "mark_too_close_to_mark"
    message = gettext_noop(
        "There is another boundary mark {distance_mm} mm from {x:.3f}, {y:.3f}. "
        "Use that mark, or stay further away from it."
    )


class MarkShared(EditRefused):
    code = "mark_shared"
    message = gettext_noop(
        "{count} boundaries meet at the mark {x:.3f}, {y:.3f}; it cannot be removed. "
        "Move it, or merge the parcels first."
    )


class RingWouldCollapse(EditRefused):
    code = "ring_would_collapse"
    message = gettext_noop(
        "Without the mark at {x:.3f}, {y:.3f} too few points are left for a parcel. Keep it."
    )


class EditUnsound(EditRefused):
    """The arithmetic of the result does not come out; a parcel so narrow that sides meet."""

    code = "edit_unsound"
    message = gettext_noop(
        "On the millimetre grid boundaries would meet or cross at {x:.3f}, {y:.3f}. "
        "The ground is too narrow there for this change; move the line."
    )


class EditFinding(EditRefused):
    """Something the gate found in a result; ``severity`` says whether it forbids it."""

    code = "edit_finding"
    message = gettext_noop("The result needs attention at {x:.3f}, {y:.3f}.")


class PieceInvalid(EditFinding):
    code = "piece_invalid"
    message = gettext_noop(
        "The boundary would cross or touch itself at {x:.3f}, {y:.3f}. Change the line there."
    )


class PieceTooSmall(EditFinding):
    code = "piece_too_small"
    message = gettext_noop(
        "The piece at {x:.3f}, {y:.3f} has {area_m2} m²; a parcel needs more than {limit_m2} m². "
        "Move the line."
    )


class PieceTooNarrow(EditFinding):
    code = "piece_too_narrow"
    message = gettext_noop(
        "The piece at {x:.3f}, {y:.3f} is nowhere wider than {width_m} m; "
        "a parcel must be wider than {limit_m} m. Move the line."
    )


class PieceThin(EditFinding):
    severity = Severity.WARNING
    code = "piece_thin"
    message = gettext_noop(
        "The piece at {x:.3f}, {y:.3f} is very long and narrow. Check that this is intended."
    )


class PieceInParts(EditFinding):
    severity = Severity.WARNING
    code = "piece_in_parts"
    message = gettext_noop(
        "The piece at {x:.3f}, {y:.3f} consists of {count} separate parts. "
        "Check that this is intended."
    )


class HoleTooNarrow(EditFinding):
    code = "hole_too_narrow"
    message = gettext_noop(
        "A gap of {width_m} m would be enclosed at {x:.3f}, {y:.3f}. Close it by giving both "
        "parcels the same marks first."
    )


class AreaNotConserved(EditFinding):
    code = "area_not_conserved"
    message = gettext_noop(
        "The areas of the pieces differ by {difference_m2} m² from the parcel; at most "
        "{limit_m2} m² can come from the millimetre grid. Do not register this."
    )


class OutlineMoved(EditFinding):
    code = "outline_moved"
    message = gettext_noop(
        "The outer boundary would move by {distance_mm} mm at {x:.3f}, {y:.3f}. "
        "Do not register this."
    )


class MarkMoved(EditFinding):
    code = "mark_moved"
    message = gettext_noop(
        "A mark of a neighbouring parcel at {x:.3f}, {y:.3f} would move or vanish. "
        "Do not register this."
    )


class CoverageBroken(EditFinding):
    code = "coverage_broken"
    message = gettext_noop(
        "The parcels would overlap or leave a gap at {x:.3f}, {y:.3f}, along {count} sides, "
        "where they fit before. Give both the same marks."
    )


class LegUnusable(EditRefused):
    code = "leg_unusable"
    message = gettext_noop(
        "Leg {number} cannot be used: azimuth {azimuth}, distance {distance_m} m. "
        "Give a bearing, and a distance above 0 up to 100,000 m."
    )
