"""What an edit refuses before any geometry is computed."""

from __future__ import annotations

from cadastre.errors import InvalidInput, LandError, gettext_noop


class OperationUnreadable(InvalidInput):
    code = "operation_unreadable"
    message = gettext_noop(
        "Step {number} of the edit cannot be used: {reason}. Check the entry “{field}”."
    )


class PieceUnknown(LandError):
    code = "piece_unknown"
    message = gettext_noop(
        "There is no parcel or piece {name} in this edit. It may have been divided or merged by "
        "an earlier step; choose it on the map again."
    )


class ParcelNotEditable(LandError):
    code = "parcel_not_editable"
    message = gettext_noop(
        "Parcel {name} is not in force at this office any more, so it cannot be changed. Load the "
        "map again and look at what has become of it."
    )


class StepNotOfKind(LandError):
    code = "step_not_of_kind"
    message = gettext_noop(
        "Step {number} is not part of this kind of transaction ({kind}). Choose another kind, or "
        "undo the step."
    )


class NothingEdited(LandError):
    code = "nothing_edited"
    message = gettext_noop(
        "Nothing would change. Choose a parcel and draw what is to become of it."
    )


class OnePlaceExpected(LandError):
    code = "one_place_expected"
    message = gettext_noop("One point is needed here, and {count} were given. Give one point.")


class TooManyParcelsAround(LandError):
    code = "too_many_parcels_around"
    message = gettext_noop(
        "There are more than {limit} parcels in this view. Zoom in until fewer are to be seen."
    )


class LegalAreasDoNotSum(LandError):
    code = "legal_areas_do_not_sum"
    message = gettext_noop(
        "The legal areas stated for the pieces make {stated} m², and the legal area before was "
        "{legal} m². They must agree exactly: correct one of them, or leave one empty."
    )


class LegalAreaMissing(LandError):
    code = "legal_area_missing"
    message = gettext_noop("State the legal area of {name}; this kind of transaction sets it.")


class ChoiceUnusable(LandError):
    code = "choice_unusable"
    message = gettext_noop(
        "Piece {index} does not exist in this edit. Make the choices for the pieces again."
    )


class NumberNotWrittenByHand(LandError):
    code = "number_not_written_by_hand"
    message = gettext_noop(
        "The numbers of piece {index} are given when it is registered. Leave them empty; only a "
        "data repair writes numbers by hand."
    )
