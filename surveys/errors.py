"""What survey jobs refuse to do, and why."""

from __future__ import annotations

from cadastre.errors import LandError, gettext_noop


class SurveyJobUnknown(LandError):
    code = "survey_job_unknown"
    message = gettext_noop(
        "There is no survey job “{job}”. Check the number, or open the job on its page first."
    )


class SurveyJobAmbiguous(LandError):
    code = "survey_job_ambiguous"
    message = gettext_noop(
        "Several offices have a survey job “{job}”: {jobs}. Name the one you mean by its key."
    )


class SurveyJobNumberTaken(LandError):
    code = "survey_job_number_taken"
    message = gettext_noop(
        "Your office already has a survey job with the number {number}. Give the next free number, "
        "or go on with that job."
    )


class SurveyJobStatusWrong(LandError):
    code = "survey_job_status_wrong"
    message = gettext_noop(
        "This cannot be done while the job is “{status}”. Open its page again to see what comes "
        "next."
    )


class SurveyJobNotReady(LandError):
    code = "survey_job_not_ready"
    message = gettext_noop(
        "The job cannot be checked yet: of its points {failing} fail and {unjudged} are not "
        "judged. Repeat the failing points, or mark as details those on which no boundary rests."
    )


class SurveyorUnknown(LandError):
    code = "surveyor_unknown"
    message = gettext_noop(
        "{name} does not keep surveys at this office. Choose a surveyor of the office."
    )


class SurveyParcelForeign(LandError):
    code = "survey_parcel_foreign"
    message = gettext_noop(
        "Parcel {parcel} belongs to the register of another office. A job surveys parcels of its "
        "own office only."
    )


class QualityClassUnusable(LandError):
    code = "quality_class_unusable"
    message = gettext_noop("The limits of this class of survey cannot be used: {problem}.")


class FieldFileEmpty(LandError):
    code = "field_file_empty"
    message = gettext_noop(
        "{name} holds nothing that could be taken or refused: no line of it is data of the format "
        "{format}. Check the format, or export the file again."
    )


class MappingUnknown(LandError):
    code = "mapping_unknown"
    message = gettext_noop(
        "Your office has no column mapping called “{name}”. Choose one of the list, or make it "
        "from a sample of the file."
    )


class SurveyPointUnknown(LandError):
    code = "survey_point_unknown"
    message = gettext_noop("The job has no point called “{name}”.")


class OccupationUnknown(LandError):
    code = "occupation_unknown"
    message = gettext_noop("The job has no such occupation. Open the page of the point again.")


class FixedPointUnknown(LandError):
    code = "fixed_point_unknown"
    message = gettext_noop(
        "Held fixed are points that the job has no coordinates for: {names}. Give them their known "
        "coordinates first, or choose others."
    )


class ExclusionWithoutReason(LandError):
    code = "exclusion_without_reason"
    message = gettext_noop(
        "Write why the observations are left out. They stay in the job, with the reason."
    )


class SurveyProposalFaulty(LandError):
    code = "survey_proposal_faulty"
    message = gettext_noop(
        "The job cannot be proposed yet: {count} things stand against it. Open its proposal to see "
        "them all with their places on the map."
    )


class SurveyRemarksUnexplained(LandError):
    code = "survey_remarks_unexplained"
    message = gettext_noop(
        "The proposal has {count} remarks. Explain them in a sentence, so that the checker knows "
        "that they were seen."
    )


class NothingToDraw(LandError):
    code = "survey_plan_empty"
    message = gettext_noop(
        "Survey job {job} names no parcel, so there is no plan to draw. Name its parcels in the "
        "plan of the survey first."
    )


class FitLineUnreadable(LandError):
    code = "fit_line_unreadable"
    message = gettext_noop(
        "Line {line} cannot be read. Write {columns}, with blanks, tabs or semicolons between."
    )
