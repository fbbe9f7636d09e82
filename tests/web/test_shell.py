from __future__ import annotations

import json
import re

import pytest
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from config.answers import page_context
from web.middleware import LanguageMiddleware

# None of these tests asks for the database: a shared page that touched it would fail here.


@pytest.fixture(autouse=True)
def language_is_put_back():
    with translation.override("th"):
        yield


def test_thai_is_the_first_language_whatever_the_browser_says(client):
    page = client.get("/design/", headers={"Accept-Language": "en-US,en;q=0.9"})
    assert page.headers["Content-Language"] == "th"
    assert b'<html lang="th">' in page.content
    assert "Cookie" in page.headers["Vary"]


def test_the_switch_is_remembered_and_keeps_the_place(client):
    place = "/design/?q=โฉนด&page=2"
    page = client.get(place)
    back = re.search(r'name="next" value="([^"]+)"', page.content.decode())
    assert back
    answer = client.post("/language/", {"language": "en", "next": back[1].replace("&amp;", "&")})
    assert answer.status_code == 302
    assert answer.url == page.wsgi_request.get_full_path()
    assert "page=2" in answer.url
    assert client.get(answer.url).headers["Content-Language"] == "en"


@pytest.mark.parametrize(
    "place", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", ""]
)
@pytest.mark.parametrize(
    ("path", "name", "value"), [("/language/", "language", "en"), ("/theme/", "theme", "dark")]
)
def test_a_switch_never_leads_to_another_site(client, path, name, value, place):
    assert client.post(path, {name: value, "next": place}).url == "/"


def test_only_known_choices_are_kept(client):
    assert client.post("/language/", {"language": "de"}).status_code == 400
    assert client.post("/theme/", {"theme": "<b>"}).status_code == 400
    client.cookies["theme"] = '"><script>'
    client.cookies["django_language"] = "xx"
    page = client.get("/design/")
    assert b'<html lang="th">' in page.content


def test_a_change_needs_a_post_with_its_token(client):
    assert client.get("/language/").status_code == 405
    client.handler.enforce_csrf_checks = True
    assert client.post("/language/", {"language": "en"}).status_code == 403


def test_the_theme_is_the_visitors_or_the_devices(client):
    assert b"data-theme=" not in client.get("/design/").content.split(b"<body")[0]
    client.post("/theme/", {"theme": "dark", "next": "/design/"})
    assert b'<html lang="th" data-theme="dark">' in client.get("/design/").content


def language_given(path, **headers):
    def answer(request):
        return HttpResponse(request.LANGUAGE_CODE)

    return LanguageMiddleware(answer)(RequestFactory().get(path, headers=headers)).content.decode()


def test_a_program_is_answered_in_the_language_it_asks_for():
    asks = {"Accept-Language": "en"}
    assert language_given("/api/parcels", **asks) == "en"
    assert language_given("/api/parcels") == "th"
    # A call from one of our own pages follows the page, not the browser.
    assert language_given("/api/parcels", Referer="http://testserver/", **asks) == "th"
    assert language_given("/parcels/x/", **asks) == "th"


def test_the_manifest_and_its_icon(client):
    manifest = json.loads(client.get("/manifest.webmanifest").content)
    assert manifest["lang"] == "th"
    assert finders.find(manifest["icons"][0]["src"].removeprefix("/static/"))
    assert client.get("/favicon.ico").url == manifest["icons"][0]["src"]


def test_search_engines_stay_out_of_plots_bookings_and_office_work(client):
    text = client.get("/robots.txt").content.decode()
    for path in ("/parcels/", "/appointments/", "/office/", "/taxmap/", "/admin/"):
        assert f"Disallow: {path}\n" in text


@pytest.mark.parametrize("status", [400, 403, 404, 410, 422, 429, 500, 503])
@pytest.mark.parametrize("language", ["th", "en"])
def test_an_error_page_needs_neither_request_nor_database(status, language):
    with translation.override(language):
        context = page_context(status, code="some_code", detail="<b>detail</b>")
        html = render_to_string("web/errors/error.html", context)
        assert f'<html lang="{language}"' in html
        assert str(context["title"]) in html
    assert str(status) in html
    assert "some_code" in html
    assert "&lt;b&gt;detail" in html
    assert "<form" not in html


def test_every_drawing_that_is_named_is_in_the_sprite(client):
    sprite = finders.find("web/icons.svg")
    with open(sprite, encoding="utf-8") as file:  # noqa: PTH123
        drawn = set(re.findall(r'<symbol id="([^"]+)"', file.read()))
    used = set(re.findall(r"icons\.svg#([a-z-]+)", client.get("/design/").content.decode()))
    assert used == drawn


def test_both_dark_blocks_say_the_same():
    with open(finders.find("web/css/tokens.css"), encoding="utf-8") as file:  # noqa: PTH123
        css = file.read()
    by_device = re.search(r":root:not\(\[data-theme\]\) \{(.*?)\}", css, re.DOTALL)
    by_choice = re.search(r'^\[data-theme="dark"\] \{(.*?)\}', css, re.DOTALL | re.MULTILINE)
    assert by_device
    assert by_choice
    assert by_device[1].split() == by_choice[1].split()
