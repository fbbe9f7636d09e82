"""Is a satellite-surveyed point good enough, and how well is a boundary known?

What ISO 19157 calls positional accuracy: epochs are screened and averaged, occupations compared,
known marks checked; the covariance that results is carried to edges and areas. Every limit is a
setting with its source. See ``docs/algorithms/point-quality.md``.
"""

from cadastre.pointquality.agreement import Agreement, MarkResult
from cadastre.pointquality.averaging import OccupationMean, Skipped, average, screen
from cadastre.pointquality.boundary import (
    DEFAULT_STEPS,
    PAPER_ERROR_MM,
    UNKNOWN,
    UNKNOWN_CLASS,
    Basis,
    BoundarySteps,
    CornerQuality,
    Digitised,
    EdgeQuality,
    Step,
    Surveyed,
    Unknown,
    corner_covariance,
    edge_quality,
    parcel_area,
)
from cadastre.pointquality.ellipse import ErrorEllipse, error_ellipse
from cadastre.pointquality.judge import Verdict, judge
from cadastre.pointquality.local import LocalFrame, in_zone
from cadastre.pointquality.model import Covariance, Epoch, MarkCheck, Occupation, Position
from cadastre.pointquality.reasons import MESSAGES, Reason
from cadastre.pointquality.settings import (
    BOUNDARY,
    CONTROL,
    QUALITY_CLASSES,
    Level,
    Limit,
    QualityClass,
)

__all__ = [
    "BOUNDARY",
    "CONTROL",
    "DEFAULT_STEPS",
    "MESSAGES",
    "PAPER_ERROR_MM",
    "QUALITY_CLASSES",
    "UNKNOWN",
    "UNKNOWN_CLASS",
    "Agreement",
    "Basis",
    "BoundarySteps",
    "CornerQuality",
    "Covariance",
    "Digitised",
    "EdgeQuality",
    "Epoch",
    "ErrorEllipse",
    "Level",
    "Limit",
    "LocalFrame",
    "MarkCheck",
    "MarkResult",
    "Occupation",
    "OccupationMean",
    "Position",
    "QualityClass",
    "Reason",
    "Skipped",
    "Step",
    "Surveyed",
    "Unknown",
    "Verdict",
    "average",
    "corner_covariance",
    "edge_quality",
    "error_ellipse",
    "in_zone",
    "judge",
    "parcel_area",
    "screen",
]
