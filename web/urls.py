from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path

from web.views import design, shell

urlpatterns: list[URLPattern | URLResolver] = [
    path("language/", shell.set_language, name="set-language"),
    path("theme/", shell.set_theme, name="set-theme"),
    path("manifest.webmanifest", shell.manifest, name="manifest"),
    path("robots.txt", shell.robots, name="robots"),
    path("favicon.ico", shell.favicon, name="favicon"),
    path("design/", design.design, name="design"),
    re_path(r"^design/(?P<shell>office|tax|map|error)/$", design.design_shell, name="design-shell"),
]
