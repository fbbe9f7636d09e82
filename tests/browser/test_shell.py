from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = ["/design/", "/design/office/", "/design/tax/", "/design/map/"]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("visit", [{"width": 360, "language": "th"}, {"language": "en"}], ids=str)
def test_shells_fit_and_are_accessible(open_page, assert_accessible, assert_fits, visit, theme):
    for path in PAGES:
        page = open_page(path, theme=theme, **visit)
        expect(page.locator("html")).to_have_attribute("lang", visit["language"])
        assert_fits(page)
        # The living page shows each part twice, its landmarks too.
        assert_accessible(page, without=["landmark-unique"] if path == "/design/" else [])


SMALL = """() => [...document.querySelectorAll(
    "button, .button, nav a, .footer a, summary, .input, .select, .choice")]
  .map((element) => [element.getBoundingClientRect(), element])
  .filter(([box]) => box.width > 1 && box.height > 1)
  .filter(([box, element]) => box.height < 43.5 || (box.width < 43.5 && element.tagName !== "A"))
  .map(([box, element]) => `${box.width} x ${box.height} ${element.outerHTML.slice(0, 90)}`)
"""


def test_everything_to_press_is_large_enough(open_page):
    for path in PAGES:
        assert open_page(path, width=360).evaluate(SMALL) == []


def test_sarabun_is_what_is_seen(open_page):
    page = open_page("/design/", language="th")
    page.evaluate("document.fonts.ready")
    loaded = page.evaluate(
        "[...document.fonts].filter((f) => f.status === 'loaded').map((f) => f.family + f.weight)"
    )
    assert any(re.fullmatch('"?Sarabun"?400', face) for face in loaded)
    assert page.evaluate("document.fonts.check('16px Sarabun', 'ที่ดิน')")


def test_the_language_switch_keeps_the_place(open_page):
    page = open_page("/design/?q=ที่ดิน&page=2")
    place = page.url
    expect(page.locator("h1")).to_have_text("แบบหน้าจอของโฉนด")
    page.get_by_role("button", name="English").click()
    expect(page.locator("h1")).to_have_text("The look of Chanot")
    assert page.url == place


@pytest.mark.parametrize("script", [True, False])
def test_the_theme_is_changed_and_remembered(open_page, script):
    page = open_page("/design/", language="en", theme="light", script=script)
    light = page.locator("body").evaluate("e => getComputedStyle(e).backgroundColor")
    with page.expect_response("**/theme/"):
        page.get_by_role("button", name="Use the dark theme").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.locator("body").evaluate("e => getComputedStyle(e).backgroundColor") != light
    page.goto("/design/office/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.get_by_role("button", name="Use the light theme")).to_be_visible()
    expect(page.get_by_role("button", name="Use the dark theme")).to_be_hidden()


def test_what_is_painted_hears_of_a_darker_device_until_the_visitor_chose(open_page):
    page = open_page("/design/", language="en", theme="light")
    page.evaluate(
        """() => { window.heard = [];
        document.addEventListener("themechange", (event) => heard.push(event.detail.theme)); }"""
    )
    page.emulate_media(color_scheme="dark")
    page.wait_for_function("heard.length === 1")
    with page.expect_response("**/theme/"):
        page.get_by_role("button", name="Use the light theme").click()
    page.emulate_media(color_scheme="light")
    page.emulate_media(color_scheme="dark")
    page.evaluate("new Promise(requestAnimationFrame)")
    assert page.evaluate("heard") == ["dark", "light"]


def test_changing_the_theme_keeps_what_was_typed(open_page):
    page = open_page("/design/", language="en")
    box = page.get_by_label("Deed number").first
    box.fill("12345")
    page.get_by_role("button", name="Use the dark theme").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(box).to_have_value("12345")


def test_the_keyboard_reaches_the_content_first(open_page):
    page = open_page("/design/", language="en")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to main content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def settle(page):
    """Wait for the frame in which a transition without motion has ended."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)))")


def test_the_sheet_of_the_map_has_three_heights(open_page):
    page = open_page("/design/map/", width=360, language="en")
    sheet = page.locator("[data-sheet]")
    handle = page.get_by_role("button", name="Resize the panel")

    def height() -> float:
        return sheet.evaluate("e => e.getBoundingClientRect().height")

    half = height()
    handle.press("ArrowUp")
    expect(sheet).to_have_attribute("data-size", "full")
    settle(page)
    assert height() > half
    handle.click()
    expect(sheet).to_have_attribute("data-size", "peek")
    expect(handle).to_have_attribute("aria-expanded", "false")
    settle(page)
    assert 90 < height() < half

    box = handle.bounding_box()
    page.mouse.move(box["x"] + 50, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 50, box["y"] - 120, steps=4)
    page.mouse.up()
    expect(sheet).to_have_attribute("data-size", "half")


def test_the_map_fills_what_the_header_leaves(open_page):
    page = open_page("/design/map/", width=1440)
    place = page.locator(".map-layout__map").bounding_box()
    assert place["x"] + place["width"] == 1440
    assert place["y"] + place["height"] == 900
    expect(page.locator("[data-sheet-handle]")).to_be_hidden()


def test_tabs_work_by_keyboard_and_without_a_script(open_page):
    page = open_page("/design/", language="en")
    tabs = page.get_by_role("tab")
    tabs.first.focus()
    page.keyboard.press("ArrowRight")
    expect(tabs.nth(1)).to_be_focused()
    expect(page.get_by_role("tabpanel").first).to_have_text(re.compile("Structure, floor area"))
    plain = open_page("/design/", language="en", script=False)
    expect(plain.get_by_text("Area, price per square wa and use.").first).to_be_visible()
    expect(plain.get_by_text("Structure, floor area and age.").first).to_be_visible()


def test_an_error_page_says_what_to_do(open_page, complaints, assert_accessible):
    complaints.allow("404")
    page = open_page("/design/error/", width=360, language="th")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("link", name="ไปที่แผนที่")).to_be_visible()
    assert_accessible(page)


def test_paper_shows_the_content_without_the_shell(open_page):
    page = open_page("/design/", language="th", theme="dark")
    page.emulate_media(media="print")
    expect(page.locator(".masthead")).to_be_hidden()
    expect(page.locator(".print-header").first).to_be_visible()
    assert page.locator("body").evaluate("e => getComputedStyle(e).color") == "rgb(0, 0, 0)"


def test_the_watch_over_pages_sees_what_it_must(open_page, complaints):
    """Guards every other test here: if these went unnoticed, their silence would prove nothing."""
    page = open_page("/design/")
    assert complaints.unexpected() == []
    page.evaluate("""() => {
      const style = document.createElement("style");
      style.textContent = "body { color: red }";
      document.head.append(style);
      const image = new Image();
      image.src = "https://elsewhere.invalid/x.png";
      document.body.append(image);
      return fetch("/no-such-page/").then(() => {});
    }""")
    page.wait_for_timeout(300)
    seen = "\n".join(complaints.unexpected())
    assert "Content Security Policy" in seen
    assert "elsewhere.invalid" in seen
    assert "404" in seen
    complaints.allow("")
