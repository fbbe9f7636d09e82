from __future__ import annotations

import re

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import engines
from django.test import RequestFactory
from django.utils import translation

from web.views.design import SPECIMENS, SampleForm


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def written(template: str, **context: object) -> str:
    request = RequestFactory().get("/list/?q=ที่ดิน&page=4")
    return engines["django"].from_string(template).render(context, request)


def test_a_refused_form_leads_from_the_summary_to_each_field():
    form = SampleForm({"area_rai": "2", "area_ngan": "9"})
    html = written(
        "{% error_summary form %}{% for f in form %}{% field f %}{% endfor %}", form=form
    )
    links = re.findall(r'<a href="#([^"]+)">', html)
    assert len(links) == len(form.errors) == 7
    for target in links:
        assert f'id="{target}"' in html


def test_hint_and_error_are_joined_to_the_control():
    html = written("{% field form.deed_number %}", form=SampleForm({}))
    described = re.search(r'aria-describedby="([^"]+)"', html)
    assert described
    for part in described[1].split():
        assert f'id="{part}"' in html
    assert 'aria-invalid="true"' in html


def test_choices_are_a_named_group():
    html = written("{% field form.use %}", form=SampleForm())
    assert re.search(r"<legend>\s*Use of the land\s*</legend>", html)
    assert html.count('type="radio"') == html.count('class="choice"') == 3


def test_only_optional_fields_say_so():
    html = written("{% for f in form %}{% field f %}{% endfor %}", form=SampleForm())
    assert html.count("(optional)") == 3


class Loud(forms.Form):
    name = forms.CharField(label="<b>label</b>", help_text="<i>hint</i>")


def test_labels_hints_and_errors_are_text():
    html = written("{% error_summary form %}{% field form.name %}", form=Loud({}))
    assert "<b>" not in html
    assert "<i>" not in html
    alert = written("{% alert 'odd' title %}{{ title }}{% endalert %}", title="<b>")
    assert "<b>" not in alert
    assert "alert--info" in alert


def test_pages_keep_the_rest_of_the_query():
    html = written("{% pagination page %}", page=Paginator(range(200), 10).page(4))
    assert 'rel="prev"' in html
    assert "q=%E0%B8%97" in html
    assert html.count('aria-current="page"') == 1
    assert written("{% pagination page %}", page=Paginator(range(5), 10).page(1)).strip() == ""


@pytest.mark.parametrize(
    ("done", "total", "value"), [(0, 10, "0"), (34, 100, "34"), (10, 10, "100"), (11, 10, "100")]
)
def test_progress_is_a_number_between_nothing_and_all(done, total, value):
    html = written("{% progress done total 'Import' %}", done=done, total=total)
    assert f'value="{value}"' in html


def test_progress_without_a_known_end_has_no_number():
    html = written("{% progress 3 0 'Import' %}")
    assert "value=" not in html


def test_steps_mark_the_one_that_is_now():
    html = written("{% steps 'One|Two|Three' 2 %}")
    assert re.search(r'data-state="now" aria-current="step">Two', html)
    assert 'data-state="done">One' in html


def test_a_menu_leaves_out_what_no_room_offers():
    assert "<li>" in written("{% nav_link 'design' 'Design' %}")
    assert written("{% nav_link 'no-such-name' 'Nowhere' %}").strip() == ""


def test_every_component_is_on_the_living_page(client):
    html = client.get("/design/").content.decode()
    for slug in SPECIMENS:
        assert re.search(rf'<section class="specimen"\s+id="{slug}"', html)
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert "style=" not in html.replace("&quot;", '"').split("<main")[0]
    assert not re.search(r"<[^>]+ style=", html)
    assert "<script>" not in html
