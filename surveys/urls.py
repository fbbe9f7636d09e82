from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from surveys import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.job_list, name="survey-jobs"),
    path("<int:pk>/", views.job_detail, name="survey-job"),
    path("<int:pk>/points.csv", views.job_csv, name="survey-job-csv"),
]
