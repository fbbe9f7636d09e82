"""The words of the editor's scripts, in the language of the page."""

from __future__ import annotations

from django.utils.translation import gettext


def editor_texts() -> dict[str, str]:
    """By the names that the scripts know them by."""
    return _talk() | _tools() | _result() | _saving() | _steps()


def _talk() -> dict[str, str]:
    return {
        "no_connection": gettext("No connection. Check the network and try again."),
        "signed_out": gettext("You are signed out. Sign in again in another tab, then go on here."),
        "not_possible": gettext("This cannot be done"),
        "choose_first": gettext("Choose a parcel first."),
        "undo_first": gettext(
            "Undo the steps first: they were made for the parcels that are chosen now."
        ),
        "nothing_found": gettext(
            "No parcel of your office was found. Check the number, or find it on the map."
        ),
        "found_many": gettext("{count} parcels were found."),
        "chosen": gettext("Chosen: {name}"),
        "left_out": gettext("Left out: {name}"),
        "leave_out": gettext("Leave out {name}"),
        "legal": gettext("legal area {area}"),
        "claimed": gettext("{maker} is working on it: {kind} ({status})."),
        "claimed_open": gettext("Open the transaction"),
        "worked_on": gettext("Others are working here"),
        "zoom_in": gettext("Come closer to choose a parcel."),
        "no_parcel": gettext("There is no registered parcel here."),
        "other_office": gettext("This parcel belongs to another office."),
        "undone": gettext("Undone."),
        "redone": gettext("Redone."),
        "cancelled": gettext("The drawing was cancelled."),
    }


def _tools() -> dict[str, str]:
    return {
        "no_tools": gettext("Nothing is drawn here: state the legal area below."),
        "hint_line": gettext("Draw from boundary to boundary; double click ends the line."),
        "hint_ring": gettext(
            "Draw the corners; double click, or a click on the first one, closes it."
        ),
        "hint_keys": gettext(
            "By keys: Enter puts a point in the middle, Ctrl+Enter ends it, Esc cancels."
        ),
        "hint_marks": gettext(
            "Drag a mark to move it, drag the middle of a side to insert one. A right click "
            "removes a mark."
        ),
        "hint_again": gettext("The dashed line was not taken. Choose the tool to draw again."),
        "point_placed": gettext("Point put."),
        "point_taken_back": gettext("Last point taken back."),
        "too_few_points": gettext("There are too few points to end here."),
        "side_automatic": gettext("along the shorter way"),
        "side_option": gettext("side {number} · {metres} m"),
        "mark_option": gettext("mark {number}"),
        "bearing": gettext("Bearing of leg"),
        "distance": gettext("Distance of leg"),
        "leg_remove": gettext("Remove leg {number}"),
        "merge_hint": gettext("{count} parcels are chosen. They must share boundaries."),
        "degrees_hint": gettext("Latitude and longitude, for example 13.870251, 100.470118"),
        "metres_hint": gettext(
            "Easting and northing in metres, for example 665000.125 1520000.250; a name before "
            "them may stay. Thai digits are read."
        ),
        "live_side": gettext("side {metres} m"),
        "live_line": gettext("line {metres} m, points put: {points}"),
    }


def _result() -> dict[str, str]:
    return {
        "m2": gettext("{area} m²"),
        "metres": gettext("{metres} m"),
        "total": gettext("Total"),
        "no_difference": gettext("none"),
        "difference": gettext("{metres} m² ({rai} rai-ngan-sq. wa)"),
        "drawn_against_legal": gettext("Drawn less legal area: {difference}"),
        "no_legal_area": gettext("There is no legal area to compare with."),
        "findings_errors": gettext("This keeps it from being submitted"),
        "findings_warnings": gettext("Worth a look"),
        "show_place": gettext("Show place {number}"),
        "neighbours": gettext("Marks are added to the boundary of neighbours: {names}"),
        "spoken_piece": gettext("{label}: {area}"),
        "spoken_findings": gettext("findings: {count}"),
        "spoken_sound": gettext("no findings"),
    }


def _saving() -> dict[str, str]:
    return {
        "area_unreadable": gettext("An area cannot be read. Write 0-1-50.25 or 350 m²."),
        "rest_none": gettext("The areas make up the legal area exactly."),
        "rest_shared": gettext("{metres} m² ({rai}) are shared out among the empty ones."),
        "rest_wrong": gettext("The areas differ from the legal area by {difference}."),
        "number_missing": gettext("Give the number of the source document."),
        "survey_missing": gettext("Give the number of the survey record."),
        "reason_missing": gettext("Give the reason; no change is made without one."),
        "saving": gettext("Saving …"),
    }


def _steps() -> dict[str, str]:
    return {
        "step_divide_line": gettext("divided by a line"),
        "step_divide_ring": gettext("piece cut out"),
        "step_divide_traverse": gettext("divided by bearings and distances"),
        "step_divide_equal": gettext("divided into equal parts"),
        "step_cut_area": gettext("area cut off"),
        "step_divide_strip": gettext("strip cut out"),
        "step_merge": gettext("merged"),
        "step_move_mark": gettext("mark moved"),
        "step_insert_mark": gettext("mark inserted"),
        "step_delete_mark": gettext("mark removed"),
        "step_replace": gettext("boundary replaced"),
        "step_new_parcel": gettext("new parcel"),
        "step_choose": gettext("taken as it is"),
    }
