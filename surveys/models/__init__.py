from __future__ import annotations

from .points import BoundaryMark, SurveyJob, SurveyPoint

__all__ = ["BoundaryMark", "SurveyJob", "SurveyPoint"]
