"""The words of the map's scripts, in the language of the page."""

from __future__ import annotations

from django.utils.translation import gettext

from cadastre.moment import Moment
from parcels.errors import PersonalNumberNotSearched
from web.formats import format_datetime


def map_texts(moment: Moment | None) -> dict[str, str]:
    """The words of the map's scripts, in the language of the page, and of the moment asked for."""
    return {
        "searching": gettext("Searching …"),
        "nothing": gettext("No plot was found."),
        "nothing_hint": gettext(
            "Check the number, or the district: deed numbers begin anew in each one. You can also "
            "move the map to the place and tap the plot."
        ),
        "one": gettext("One plot was found."),
        "many": gettext("{count} plots were found."),
        "more": gettext("There are more. Add a house number or a district to narrow the search."),
        "no_connection": gettext("No connection. Check the network and try again."),
        "empty": gettext("Type a deed number, an address, a map sheet or coordinates."),
        "personal": gettext(PersonalNumberNotSearched.message),
        "zoom_in": gettext("Come closer to choose a plot."),
        "no_parcel": gettext("There is no registered plot here."),
        "loading": gettext("Reading the register …"),
        "chosen": gettext("Chosen plot: {title}"),
        "copied": gettext("The link was copied."),
        "copy_failed": gettext("The link could not be copied. Here it is:"),
        "locating": gettext("Looking for your position …"),
        "located": gettext("You are within {metres} m of the dot."),
        "outside": gettext("You are outside the area of this map. It was not moved."),
        "denied": gettext(
            "The browser may not tell your position. Allow it in the settings of the page, or find "
            "the plot on the map."
        ),
        "unavailable": gettext(
            "Your position cannot be determined just now. Go outside or try again in a moment."
        ),
        "unsupported": gettext("This browser cannot tell where you are."),
        "sheet": gettext("Map sheet {label}"),
        "position": gettext("Position {label}"),
        "untitled": gettext("Plot without a title number"),
        "land_number": gettext("land number {number}"),
        "former": gettext("{old} is an old number. Today this is:"),
        "former_gone": gettext("{old} is an old number. Nothing lies there today."),
        "former_entry": gettext("Today, in place of {old}"),
    } | _time_texts(moment)


def _time_texts(moment: Moment | None) -> dict[str, str]:
    """The words of the control of time."""
    known = moment.known if moment else None
    said = gettext("As the register said on %(day)s.")
    return {
        "time_date": gettext("This is not a date of the past. Write it as 1/3/2567."),
        "time_shown": gettext("The map shows {day}."),
        "time_compared": gettext("Left of the line {left}, right of it {right}."),
        "time_line": gettext("Left {left}, {share} per cent of the map"),
        "time_changes": gettext("{count} plots changed on {day}"),
        "time_known": said % {"day": format_datetime(known)} if known else "",
        "time_today": gettext("today"),
    }
