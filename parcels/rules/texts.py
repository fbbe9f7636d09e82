"""The words of the rules: what is wrong, here and in general, and what to do about it.

Apart from ``rules.yaml`` so that they reach the translators; ``{names}`` are filled from evidence.
"""

from __future__ import annotations

from typing import NamedTuple

from cadastre.errors import gettext_noop


class Words(NamedTuple):
    """Templates in English; the catalogue has them in Thai."""

    title: str
    message: str
    remedy: str


TEXTS: dict[str, Words] = {
    "overlap": Words(
        gettext_noop("Two parcels on the same ground"),
        gettext_noop("Parcel {parcel} and parcel {other} both cover the same {measure}."),
        gettext_noop(
            "Compare both survey records. Correct the boundary that is wrong by a boundary "
            "correction after survey."
        ),
    ),
    "contained": Words(
        gettext_noop("A parcel within another"),
        gettext_noop("Parcel {parcel} lies within parcel {other}: {measure} belong to both."),
        gettext_noop(
            "Find out whether it was divided off without changing the larger parcel, or "
            "drawn in the wrong place, and correct that parcel."
        ),
    ),
    "duplicate": Words(
        gettext_noop("The same parcel twice"),
        gettext_noop(
            "Parcel {parcel} and parcel {other} have the same boundary; {measure} are "
            "registered twice."
        ),
        gettext_noop(
            "Find out which of the two is the right one and end the other by a data repair."
        ),
    ),
    "gap": Words(
        gettext_noop("A gap between parcels"),
        gettext_noop(
            "Between parcel {parcel} and its neighbours lie {measure} that belong to no parcel."
        ),
        gettext_noop("Give both parcels the same boundary marks, following the survey record."),
    ),
    "invalid_ring": Words(
        gettext_noop("A boundary that is not one"),
        gettext_noop(
            "The boundary of parcel {parcel} crosses or touches itself, in {measure} places."
        ),
        gettext_noop("Draw the boundary again from the survey record."),
    ),
    "sliver": Words(
        gettext_noop("A parcel too thin to be one"),
        gettext_noop("Parcel {parcel} is a thin strip of {measure}."),
        gettext_noop(
            "Find out whether the strip is meant. If it was left over by drawing, merge it "
            "with the parcel it belongs to."
        ),
    ),
    "unshared_vertex": Words(
        gettext_noop("A boundary mark that the neighbour lacks"),
        gettext_noop(
            "A boundary mark of parcel {parcel} lies {measure} from the side of parcel "
            "{other}, which has no mark there."
        ),
        gettext_noop("Give both parcels the same mark in the editor."),
    ),
    "area_difference": Words(
        gettext_noop("Area on the deed and on the map differ"),
        gettext_noop(
            "The document of parcel {parcel} says {legal_m2} m², its boundary encloses "
            "{calculated_m2} m²: {percent} % apart."
        ),
        gettext_noop(
            "Look the survey up. Correct the boundary, or the area by an area correction; "
            "explain the finding if the document is right as it is."
        ),
    ),
    "legal_area_missing": Words(
        gettext_noop("No area from the deed"),
        gettext_noop(
            "Parcel {parcel} has a title, but the area printed on it is not in the register."
        ),
        gettext_noop("Enter the area from the document by an area correction."),
    ),
    "duplicate_land_number": Words(
        gettext_noop("One land number, several parcels"),
        gettext_noop(
            "Parcel {parcel} and parcel {other} both have land number {number} on map sheet"
            " {sheet}."
        ),
        gettext_noop(
            "Find out from the sheet which parcel has the number and correct the other one."
        ),
    ),
    "duplicate_tax_code": Words(
        gettext_noop("One tax code, several parcels"),
        gettext_noop("Parcel {parcel} and parcel {other} both have tax parcel code {code}."),
        gettext_noop(
            "Agree with the local authority which parcel keeps the code and correct the other one."
        ),
    ),
    "tax_code_unreadable": Words(
        gettext_noop("A tax code that is not one"),
        gettext_noop(
            "The tax parcel code {code} of parcel {parcel} is not zone, block and lot, such"
            " as 01A001."
        ),
        gettext_noop("Correct the code from the tax map."),
    ),
    "missing_land_number": Words(
        gettext_noop("No land number"),
        gettext_noop("Parcel {parcel} has a title, but no land number or no map sheet."),
        gettext_noop("Enter the map sheet and the land number from the document."),
    ),
    "missing_title": Words(
        gettext_noop("A parcel without a title"),
        gettext_noop("Parcel {parcel} is neither road nor water and has no title."),
        gettext_noop("Look the title up and link it, or explain that the land has no document."),
    ),
    "missing_sub_district": Words(
        gettext_noop("No sub-district"),
        gettext_noop("The register does not say in which sub-district parcel {parcel} lies."),
        gettext_noop("Enter the sub-district by a data repair."),
    ),
    "outside_sheet": Words(
        gettext_noop("A parcel off its map sheet"),
        gettext_noop("Parcel {parcel} lies {measure} outside of its map sheet {sheet}."),
        gettext_noop(
            "Correct the map sheet, or the place of the parcel if it was drawn elsewhere."
        ),
    ),
    "outside_office": Words(
        gettext_noop("A parcel outside the area of the office"),
        gettext_noop("Parcel {parcel} reaches {measure} beyond the area of the office."),
        gettext_noop(
            "Check the coordinate reference system it was drawn in, and the bounds of the office."
        ),
    ),
    "outside_sub_district": Words(
        gettext_noop("Another sub-district than all its neighbours"),
        gettext_noop(
            "Parcel {parcel} is in sub-district {sub_district}, all of its {measure} "
            "neighbours are in another one."
        ),
        gettext_noop(
            "Compare with the map of sub-districts and correct the parcel by a data repair."
        ),
    ),
    "sub_district_outside_district": Words(
        gettext_noop("Sub-district and deed in different districts"),
        gettext_noop(
            "Parcel {parcel} is in sub-district {sub_district}, but its title belongs to "
            "district {district}."
        ),
        gettext_noop("Correct the sub-district, or the district of the title by a data repair."),
    ),
    "parcel_in_parts": Words(
        gettext_noop("A parcel in several parts"),
        gettext_noop("Parcel {parcel} has {measure} parts that do not touch."),
        gettext_noop(
            "Land cut by a road or canal becomes parcels of their own. Divide it, or "
            "explain why it is one."
        ),
    ),
    "parcel_on_ended_title": Words(
        gettext_noop("A parcel on a title that ended"),
        gettext_noop("Parcel {parcel} is in force, but its title {title} has ended."),
        gettext_noop("Find out which title took its place and link it by a data repair."),
    ),
    "piece_without_lineage": Words(
        gettext_noop("A new parcel that comes from nowhere"),
        gettext_noop(
            "Parcel {parcel} came from a {kind}, but the register does not say from which parcel."
        ),
        gettext_noop(
            "Look up the transaction and record where the parcel came from by a data repair."
        ),
    ),
    "change_without_transaction": Words(
        gettext_noop("A change that no transaction explains"),
        gettext_noop(
            "Parcel {parcel} was changed {measure} times, the last time without a transaction."
        ),
        gettext_noop(
            "Tell the administrator: somebody wrote past the register. The history of the "
            "parcel shows what changed."
        ),
    ),
    "duplicate_deed_number": Words(
        gettext_noop("One deed number, several titles"),
        gettext_noop(
            "{measure} titles of the same type have the number {number} in district {district}."
        ),
        gettext_noop("Compare with the documents and correct the number that is wrong."),
    ),
    "missing_deed_number": Words(
        gettext_noop("A title without a number"),
        gettext_noop("The title of parcel {parcel} has no number."),
        gettext_noop("Enter the number from the document."),
    ),
    "missing_owner": Words(
        gettext_noop("A title without an owner"),
        gettext_noop("Nobody holds a right in title {title} of parcel {parcel}."),
        gettext_noop("Enter the right from the document by a data repair."),
    ),
    "share_total": Words(
        gettext_noop("Shares that do not add up to one"),
        gettext_noop("The shares in title {title} add up to {total} instead of 1."),
        gettext_noop("Correct the shares from the index of the title."),
    ),
    "mortgage_rank_twice": Words(
        gettext_noop("Two mortgages of one rank"),
        gettext_noop("Title {title} has {measure} mortgages of rank {rank}."),
        gettext_noop("Look up the order of registration and correct the ranks."),
    ),
    "right_on_ended_title": Words(
        gettext_noop("A right on a title that ended"),
        gettext_noop("Title {title} has ended, but {measure} entries on it are still in force."),
        gettext_noop("End these entries, or register them on the title that took its place."),
    ),
    "title_without_parcel": Words(
        gettext_noop("A title without a parcel"),
        gettext_noop("Title {title} is in force, but no parcel was ever linked to it."),
        gettext_noop("Find the parcel on its map sheet and link it."),
    ),
    "parcel_ended_title_in_force": Words(
        gettext_noop("A title whose parcel has ended"),
        gettext_noop("Title {title} is in force, but its last parcel {parcel} has ended."),
        gettext_noop(
            "Find out what became of the parcel; end the title or link it to the parcel "
            "that followed."
        ),
    ),
    "group_without_members": Words(
        gettext_noop("A group without members"),
        gettext_noop("A right in title {title} belongs to a group of which no member is known."),
        gettext_noop("Enter the members of the group from the document."),
    ),
    "nothing_concerned": Words(
        gettext_noop("Nothing to change"),
        gettext_noop("The transaction names neither a parcel nor a title."),
        gettext_noop("Choose the parcel on the map, or the title, that the transaction is about."),
    ),
    "union_differs": Words(
        gettext_noop("The new parcels are not the old ground"),
        gettext_noop(
            "The new parcels and the old ones differ by {measure}; {allowed_m2} m² are "
            "allowed by the millimetre grid."
        ),
        gettext_noop(
            "Draw the new boundary again in the editor, from mark to mark of the old parcel."
        ),
    ),
    "legal_area_sum": Words(
        gettext_noop("Legal areas do not add up"),
        gettext_noop(
            "The new parcels have {new_m2} m² together, the old ones {old_m2} m²: {measure} apart."
        ),
        gettext_noop("Apportion the area of the deed again so that nothing is lost or gained."),
    ),
    "merger_in_parts": Words(
        gettext_noop("The parcels to be merged do not touch"),
        gettext_noop("The merged parcel would have {measure} parts."),
        gettext_noop(
            "Merge only parcels that have a boundary in common, or explain the case to the checker."
        ),
    ),
    "source_reference_missing": Words(
        gettext_noop("No document named"),
        gettext_noop("The document that is the reason of the transaction has no number."),
        gettext_noop("Enter the number or name of the document."),
    ),
    "source_dated_later": Words(
        gettext_noop("A document from the future"),
        gettext_noop("The document was issued on {issued_on}, after {day}, the day of the change."),
        gettext_noop("Check the date of the document, or let the change take effect later."),
    ),
    "source_file_missing": Words(
        gettext_noop("No scan of the document"),
        gettext_noop("No scanned file of the document {reference} is attached."),
        gettext_noop("Scan the document and attach it to the transaction."),
    ),
    "survey_missing": Words(
        gettext_noop("No survey named"),
        gettext_noop("This kind of transaction rests on a survey, and none is named."),
        gettext_noop("Name the survey record that shows the new boundary."),
    ),
    "survey_not_named": Words(
        gettext_noop("No survey of the new boundary"),
        gettext_noop("The transaction draws a new boundary and names no survey record."),
        gettext_noop("Name the survey record, or tell the checker on what the boundary rests."),
    ),
    "neighbour_in_transaction": Words(
        gettext_noop("A neighbour is being changed too"),
        gettext_noop("Parcel {parcel} next to it is in another open transaction: {kind}."),
        gettext_noop(
            "Agree with its maker who registers first; the second has to look at the "
            "boundary again."
        ),
    ),
    "title_not_in_force": Words(
        gettext_noop("The title has ended"),
        gettext_noop("Title {title} is no longer in force."),
        gettext_noop("Look up which title took its place and begin the transaction on that one."),
    ),
    "transfer_banned": Words(
        gettext_noop("The land may not be transferred"),
        gettext_noop("Title {title} carries a ban on transfer."),
        gettext_noop("Register the transfer after the ban has ended."),
    ),
    "land_seized": Words(
        gettext_noop("The land is seized or under a caveat"),
        gettext_noop("Title {title} carries: {restriction}."),
        gettext_noop("Wait until the court or the Land Department lifts it."),
    ),
    "title_mortgaged": Words(
        gettext_noop("The land is mortgaged"),
        gettext_noop("Title {title} carries {measure} mortgages."),
        gettext_noop(
            "Make sure that the mortgagee agrees and that the mortgage follows to the right title."
        ),
    ),
}
