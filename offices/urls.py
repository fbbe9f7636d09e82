from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from offices.views import accounts, audit, jobs, messages

urlpatterns: list[URLPattern | URLResolver] = [
    path("sign-in/", accounts.SignIn.as_view(), name="sign-in"),
    path("sign-out/", accounts.SignOut.as_view(), name="sign-out"),
    path("office/", accounts.home, name="office-home"),
    path("office/acting/", accounts.choose_office, name="acting-office"),
    path("office/audit/", audit.trail, name="audit"),
    path("office/messages/", messages.outbox, name="office-messages"),
    path("office/messages/<int:pk>/resend/", messages.resend, name="office-message-resend"),
    path("office/jobs/", jobs.listing, name="jobs"),
    path("office/jobs/<str:public_id>/", jobs.detail, name="job-detail"),
    path("office/jobs/<str:public_id>.json", jobs.state, name="job-state"),
    path("office/jobs/<str:public_id>/stop/", jobs.stop, name="job-stop"),
    path("office/jobs/<str:public_id>/resume/", jobs.resume, name="job-resume"),
    path("office/jobs/<str:public_id>/result/", jobs.result_file, name="job-result"),
]
