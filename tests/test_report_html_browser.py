"""The HTML report in a browser: it opens offline, filters, unfolds, and can be read and used by everyone."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sample_page import HOSTILE, make_page_run

from conform.report.html import format_html

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
from selenium.webdriver.common.by import By  # noqa: E402  # only where selenium is there
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.support.ui import Select  # noqa: E402

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
DRIVER = shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="chromium or chromedriver is not installed")

CONTRAST = """
const parse = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
const light = ([r, g, b]) => [r, g, b]
  .map((c) => c / 255).map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
  .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
const back = (element) => {
  for (let at = element; at; at = at.parentElement) {
    const colour = parse(getComputedStyle(at).backgroundColor);
    if (colour.length === 3 || colour[3] === 1) return colour;
  }
  return parse(getComputedStyle(document.documentElement).backgroundColor);
};
return [...document.querySelectorAll("h1, p, td, th, a, summary, .word, .what, .badge, label, dt, dd, code")]
  .filter((element) => element.checkVisibility() && element.textContent.trim())
  .map((element) => {
    const [a, b] = [light(parse(getComputedStyle(element).color)), light(back(element))];
    return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), element.className + " " + element.textContent.trim()];
  });
"""
"""Contrast of text and what is behind it, by the formula of WCAG 2.1."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"):
        options.add_argument(argument)
    options.add_argument("--window-size=1400,1600")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[int, str]:
    folder = tmp_path_factory.mktemp("pages")
    addresses = {}
    for count in (1, 2):
        path = folder / f"report{count}.html"
        path.write_text(format_html(make_page_run(count)), encoding="utf-8")
        addresses[count] = path.as_uri()
    return addresses


@pytest.fixture
def page(browser: Any, pages: dict[int, str]) -> Any:
    browser.get(pages[1])
    return browser


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Where screenshots go: the folder that CI keeps, if it names one."""
    folder = Path(os.environ.get("CONFORM_SCREENSHOTS", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def list_shown(page: Any) -> list[str]:
    return [case.find_element(By.TAG_NAME, "code").text for case in find_cases(page)]


def find_cases(page: Any) -> list[Any]:
    return [case for case in page.find_elements(By.CSS_SELECTOR, "#cases > details") if case.is_displayed()]


def read_count(page: Any) -> str:
    return str(page.find_element(By.ID, "count").text)


def test_opens_without_complaint_and_without_a_request(page: Any) -> None:
    assert page.title.endswith("does not conform")
    assert page.find_element(By.TAG_NAME, "h1").text.endswith("Does not conform")
    assert page.execute_script("return performance.getEntriesByType('resource').length") == 0
    assert page.execute_script("return window.stolen") is None
    assert HOSTILE in page.find_element(By.TAG_NAME, "h3").text
    assert page.get_log("browser") == []


@pytest.mark.parametrize(
    ("words", "count"), [("inDim=257", 2), ("INDIM=257 wide", 1), ("ValueError", 1), ("nothing such", 0), ("", 8)]
)
def test_search_narrows_the_cases(page: Any, words: str, count: int) -> None:
    page.find_element(By.ID, "search").send_keys(words or "x", *([] if words else [Keys.BACKSPACE]))
    assert len(list_shown(page)) == count
    assert read_count(page) == ("8 cases" if count == 8 else f"{count} of 8 cases")
    assert page.find_element(By.ID, "nothing").is_displayed() is (count == 0)


@pytest.mark.parametrize(
    ("name", "choice", "count"),
    [("verdict", "error", 1), ("verdict", "known-failure", 1), ("dtype", "float16", 6), ("rule", "bound", 7)],
)
def test_filters_narrow_the_cases(page: Any, name: str, choice: str, count: int) -> None:
    Select(page.find_element(By.CSS_SELECTOR, f"[data-filter={name}]")).select_by_visible_text(choice)
    assert len(list_shown(page)) == count
    page.find_element(By.CSS_SELECTOR, "button[type=reset]").click()
    page.execute_async_script("setTimeout(arguments[0])")
    assert read_count(page) == "8 cases"


def test_a_cell_of_the_matrix_shows_its_cases(page: Any) -> None:
    page.find_element(By.CSS_SELECTOR, ".matrix a[href*='operation=linear&dtype=float16']").click()
    assert len(list_shown(page)) == 6
    assert all("/float16/" in name for name in list_shown(page))
    assert page.switch_to.active_element.get_attribute("id") == "failures"


def test_a_failing_case_unfolds_to_numbers_inputs_and_derivation(page: Any) -> None:
    case = next(each for each in find_cases(page) if "/float16/" in each.text)
    table = case.find_element(By.CSS_SELECTOR, "table.element")
    assert not table.is_displayed()
    case.find_element(By.TAG_NAME, "summary").click()
    assert table.is_displayed()
    assert "0x3p-2" in table.text
    for name, text in (("inputs", "weights = [1.0, 2.0]"), ("derivation", "B1 = ((1+u)^k - 1)*m")):
        part = case.find_element(By.CSS_SELECTOR, f"details.{name}")
        assert text not in part.text
        part.find_element(By.TAG_NAME, "summary").click()
        assert text in part.text


def test_can_be_used_without_a_mouse(page: Any) -> None:
    page.find_element(By.ID, "search").send_keys("wide", Keys.TAB)
    for _ in range(20):
        focused = page.switch_to.active_element
        if focused.tag_name == "summary":
            break
        focused.send_keys(Keys.TAB)
    assert page.execute_script("return getComputedStyle(document.activeElement).outlineStyle") == "solid"
    focused.send_keys(Keys.ENTER)
    assert focused.find_element(By.XPATH, "..").get_attribute("open") is not None


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("count", [1, 2], ids=["one", "two"])
def test_can_be_read_in_both_schemes(
    browser: Any, pages: dict[int, str], pictures: Path, scheme: str, count: int
) -> None:
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    browser.get(pages[count])
    browser.find_element(By.CSS_SELECTOR, "#cases > details:nth-child(3) > summary").click()
    measured = browser.execute_script(CONTRAST)
    assert len(measured) > 100
    assert [text for ratio, text in measured if ratio < 4.5] == []
    metrics = browser.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
    assert metrics["width"] <= 1400
    assert browser.save_screenshot(str(pictures / f"report-{count}-{scheme}.png"))


def test_a_narrow_window_scrolls_tables_and_not_the_page(browser: Any, pages: dict[int, str]) -> None:
    size = {"width": 420, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.get(pages[2])
    width = browser.execute_script("return document.documentElement.scrollWidth")
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert width <= 420


def test_the_address_has_the_filter_and_shows_it_again(browser: Any, pages: dict[int, str]) -> None:
    browser.get(pages[1])
    browser.find_element(By.ID, "search").send_keys("wide")
    Select(browser.find_element(By.CSS_SELECTOR, "[data-filter=dtype]")).select_by_visible_text("float16")
    address = browser.current_url
    assert address.endswith("#dtype=float16&search=wide")
    shown = list_shown(browser)
    assert len(shown) == 3
    browser.get("about:blank")
    browser.get(address)
    assert list_shown(browser) == shown
    assert browser.find_element(By.ID, "search").get_attribute("value") == "wide"


def test_a_link_to_a_case_unfolds_it_whatever_is_filtered(browser: Any, pages: dict[int, str]) -> None:
    browser.get(f"{pages[1]}#search=nothing+such")
    assert list_shown(browser) == []
    case = browser.find_element(By.CSS_SELECTOR, "#cases > details:last-child")
    browser.execute_script("location.hash = arguments[0].id", case)
    browser.execute_async_script("setTimeout(arguments[0], 50)")
    assert case.is_displayed()
    assert case.get_attribute("open") is not None


def list_operations(page: Any) -> list[str]:
    return [row.text for row in page.find_elements(By.CSS_SELECTOR, ".overview tbody th")]


def test_a_table_is_sorted_by_the_column_that_is_chosen(browser: Any, pages: dict[int, str]) -> None:
    browser.get(pages[2])
    before = list_operations(browser)
    name, first, _ = browser.find_elements(By.CSS_SELECTOR, ".overview thead button")
    first.click()
    # The worst first, and then the other way round.
    assert list_operations(browser)[0] == "linear"
    first.click()
    assert list_operations(browser)[-1] == "linear"
    heads = browser.find_elements(By.CSS_SELECTOR, ".overview thead th")
    assert [head.get_attribute("aria-sort") for head in heads] == [None, "descending", None]
    name.click()
    assert list_operations(browser) == sorted(before)


def test_the_head_of_a_long_table_stays_in_sight(browser: Any, pages: dict[int, str]) -> None:
    browser.get(pages[2])
    size = {"width": 700, "height": 300, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    moved = browser.execute_script("""
      const box = document.querySelector(".numbers").closest(".scroll");
      box.scrollTop = box.scrollLeft = 100;
      const [head, corner] = [box.querySelector("thead th:last-child"), box.querySelector("tbody th")];
      const [outer, above, beside] = [box, head, corner].map((each) => each.getBoundingClientRect());
      return [box.scrollTop, above.top - outer.top, beside.left - outer.left];
    """)
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert moved[0] > 0
    assert abs(moved[1]) < 2
    assert abs(moved[2]) < 2
