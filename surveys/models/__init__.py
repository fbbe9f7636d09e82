from __future__ import annotations

from .jobs import SurveyJob, SurveyJobEvent, SurveyJobParcel
from .observations import FieldFile, Observation, Occupation, Photo, Reading, RejectedRecord
from .points import BoundaryMark, Computation, MarkPosition, PointResult, SurveyPoint
from .quality import ColumnMapping, QualityClass

__all__ = [
    "BoundaryMark",
    "ColumnMapping",
    "Computation",
    "FieldFile",
    "MarkPosition",
    "Observation",
    "Occupation",
    "Photo",
    "PointResult",
    "QualityClass",
    "Reading",
    "RejectedRecord",
    "SurveyJob",
    "SurveyJobEvent",
    "SurveyJobParcel",
    "SurveyPoint",
]
