from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from surveys.views import (
    adjustment,
    classes,
    files,
    jobs,
    mappings,
    photos,
    points,
    proposals,
    quality,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", jobs.job_list, name="survey-jobs"),
    path("new/", jobs.job_new, name="survey-job-new"),
    path("classes/", classes.class_list, name="survey-classes"),
    path("classes/defaults/", classes.class_defaults, name="survey-class-defaults"),
    path("classes/<int:pk>/", classes.class_detail, name="survey-class"),
    path("mappings/", mappings.mapping_list, name="survey-mappings"),
    path("mappings/new/", mappings.mapping_new, name="survey-mapping-new"),
    path("mappings/<int:pk>/forget/", mappings.mapping_drop, name="survey-mapping-forget"),
    path("files/<str:public_id>/", files.file_detail, name="survey-file"),
    path("files/<str:public_id>/rejected.csv", files.file_rejects, name="survey-file-rejects"),
    path("files/<str:public_id>/original/", files.file_original, name="survey-file-original"),
    path("photos/<str:public_id>/", photos.photo, name="survey-photo"),
    path("<int:pk>/", jobs.job_detail, name="survey-job"),
    path("<int:pk>/plan/", jobs.job_plan, name="survey-job-plan"),
    path("<int:pk>/sheet/", jobs.job_sheet, name="survey-job-sheet"),
    path("<int:pk>/decide/", jobs.job_decide, name="survey-job-decide"),
    path("<int:pk>/adjustment/", adjustment.job_adjustment, name="survey-adjustment"),
    path("<int:pk>/proposal/", proposals.proposal, name="survey-proposal"),
    path("<int:pk>/proposal/match/", proposals.proposal_match, name="survey-proposal-match"),
    path("<int:pk>/proposal/lodge/", proposals.proposal_lodge, name="survey-proposal-lodge"),
    path("quality/", quality.quality_map, name="boundary-quality"),
    path("quality/edges/", quality.edges, name="boundary-edges"),
    path("<int:pk>/points.csv", jobs.job_csv, name="survey-job-csv"),
    path("<int:pk>/files/", files.file_send, name="survey-file-send"),
    path("<int:pk>/photos/", photos.photo_send, name="survey-photos"),
    path("<int:pk>/points/<int:point>/", points.point_detail, name="survey-point"),
    path("<int:pk>/points/<int:point>/purpose/", points.point_purpose, name="survey-point-purpose"),
    path(
        "<int:pk>/occupations/<int:occupation>/", points.occupation_choose,
        name="survey-occupation",
    ),
]  # fmt: skip
