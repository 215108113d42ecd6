"""The HTML report: one file that refers to nothing outside, says everything in words, and escapes what it is given."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from sample_page import FORMATS, HOSTILE, OPERATIONS, make_page_run
from sample_results import make_backend, make_case, make_run, make_simple_run

from conform.report import html
from conform.report.html import format_html
from conform.results import Circumstances, Verdict

VOID = {"meta", "link", "input"}


class Reader(HTMLParser):
    """Collects what a page is made of, and checks that its elements are nested."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] not in (["script"], ["style"]):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def find(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module", params=[1, 2], ids=["one backend", "two backends"])
def page(request: pytest.FixtureRequest) -> str:
    return format_html(make_page_run(request.param))


def test_elements_are_nested_and_ids_unique(page: str) -> None:
    reader = Reader(page)
    assert reader.open == []
    ids = [attributes["id"] for _, attributes in reader.elements if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_refers_to_nothing_outside(page: str) -> None:
    for tag, attributes in Reader(page).elements:
        for name in ("src", "href", "action", "data", "poster", "srcset"):
            value = attributes.get(name)
            assert value is None or value.startswith(("#", "data:,")), (tag, name, value)
    assert not re.search(r"@import|url\((?!#)", page)
    assert "default-src 'none'" in page


def test_escapes_what_it_is_given(page: str) -> None:
    assert HOSTILE not in page
    assert "&lt;script&gt;window.stolen" in page
    assert len(Reader(page).find("script")) == 1


def test_every_cell_of_the_matrix_says_its_verdict_in_words(page: str) -> None:
    cards = re.search(r'<div class="side-by-side">.*?<p class="legend', page, re.DOTALL)
    assert cards is not None
    rows = re.findall(r'<th scope="row">(\w+)</th>((?:<td.*?</td>)+)', cards[0].replace("\n", ""))
    assert {name for name, _ in rows} == set(OPERATIONS)
    for _, row in rows:
        cells = re.findall(r"<td.*?</td>", row)
        assert len(cells) == len(FORMATS)
        assert all(re.search(r"\d+ (passed|failed|errors|unsupported|known)", cell) for cell in cells)


def test_failures_carry_numbers_inputs_derivation_and_a_command(page: str) -> None:
    text = Reader(page).text
    for part in (
        "output[2] is off by 13.2 times the bound",
        "0x3p-2",
        "error/bound 13.2",
        "ULP of the correctly rounded result",
        "weights = [1.0, 2.0]",
        "B1 = ((1+u)^k - 1)*m",
        "conform run 'mine<script>window.stolen = 1</script>' --case 'linear/normal/float16/inDim=1#0'",
        "Known: upstream rounds twice",
        "ValueError: <no> & never",
    ):
        assert part in text


def test_a_known_failure_counts_neither_as_passed_nor_as_failed() -> None:
    page = format_html(make_simple_run({"linear/a/float32/x#0": Verdict.PASS, "linear/b/float32/x#0": Verdict.KNOWN}))
    assert "1 known failures" in page
    assert "1 failed" not in Reader(page).text


def test_every_case_has_an_address_of_its_own_that_stays(page: str) -> None:
    links = re.findall(r'<a class="permalink" href="#(case-[0-9a-f]{12})"', page)
    assert len(links) == len(set(links)) == page.count('<details id="case-')
    assert all(f'<details id="{link}"' in page for link in links)
    again = format_html(make_page_run(3))
    assert all(f'<details id="{link}"' in again for link in links)


def test_what_is_not_judged_is_folded_by_reason(page: str) -> None:
    folded = re.findall(r'<details class="uncounted quiet">(.*?)</details>', page, re.DOTALL)
    assert len(folded) == 1
    assert "6 cases not judged, for 1 reason</summary>" in folded[0]
    assert "unsupported: 6 cases. no method &lt;script&gt;" in folded[0]


def test_several_backends_are_side_by_side_in_one_table() -> None:
    assert "overview" not in format_html(make_page_run(1)).partition("</style>")[2].partition("<script>")[0]
    table = re.search(r'<table class="overview sortable">(.*?)</table>', format_html(make_page_run(3)), re.DOTALL)
    assert table is not None
    rows = re.findall(r'<tr><th scope="row">(\w+)</th>(.*?)</tr>', table[1])
    assert [name for name, _ in rows] == list(OPERATIONS)
    cells = [re.sub("<[^>]*>", "", cell) for cell in re.findall(r"<td.*?</td>", rows[0][1])]
    assert cells == ["✗ 10/18", "✓ 18/18", "✓ 18/18"]
    assert 'href="#backend=mine%3Cscript%3E' in rows[0][1]


def test_known_failures_are_no_conformance() -> None:
    run = make_simple_run({"a/b/float32/x#0": Verdict.PASS, "a/b/float32/x#1": Verdict.KNOWN}, operations=9)
    text = Reader(format_html(run)).text
    assert "As expected, with 1 known failure" in text
    assert "is as expected, with 1 known failure" in text
    assert "(1 of 9 operations)" in text


def test_when_and_where_are_told() -> None:
    circumstances = Circumstances("2030-01-02T03:04:05Z", 1.25, "a host", "Linux", "conform run <x>", "c0ffee")
    text = Reader(format_html(make_run(make_backend([]), circumstances=circumstances))).text
    for part in (
        "start 2030-01-02T03:04:05Z",
        "seconds 1.2",
        "host a host",
        "command conform run <x>",
        "commit c0ffee",
    ):
        assert part in text


def test_pictures_follow_the_colours_of_the_page(page: str) -> None:
    pictures = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(pictures) == len(OPERATIONS) * 2
    for picture in pictures:
        assert "var(--fail)" in picture
        assert "bound" in picture
        assert "effective" in picture
        assert not re.search(r"#0001\d\d|<style|fill: #", picture)


def test_words_say_what_the_pictures_show(page: str) -> None:
    assert "4,185 elements met a bound, 90 without any error" in Reader(page).text
    assert "effective precision 21.2 of 24 declared bits" in Reader(page).text


def test_the_same_run_gives_the_same_page() -> None:
    assert format_html(make_page_run()) == format_html(make_page_run())


@pytest.mark.parametrize(
    ("changes", "fragments"),
    [
        pytest.param({"complete": False}, ["this report is partial"], id="partial"),
        pytest.param({"whole": False}, ["Only some of the cases"], id="a selection"),
        pytest.param({"stale": ("known.yaml:3: expired on 2020-01-01",)}, ["expired on"], id="stale"),
        pytest.param({"objections": ("too few cases",)}, ["too few cases", "Does not conform"], id="objection"),
    ],
)
def test_says_what_else_holds_of_a_run(changes: dict[str, object], fragments: list[str]) -> None:
    run = make_simple_run({"linear/a/float32/x#0": Verdict.PASS}, **changes)
    text = Reader(format_html(run)).text
    assert all(fragment in text for fragment in fragments)


def test_a_run_without_anything_is_a_page_too() -> None:
    text = Reader(format_html(make_run())).text
    assert "Does not conform" in text
    assert "No case failed" in text


def test_details_go_to_every_group_before_any_gets_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "FULL_CASES", 2)
    cases = {f"{name}/a/float32/x#{i}": Verdict.FAIL for name in ("linear", "other") for i in range(3)}
    run = make_simple_run(cases)
    backend = run.backends[0]
    detailed = tuple(replace(case, inputs=f"input of {case.id}") for case in backend.cases)
    page = format_html(replace(run, backends=(replace(backend, cases=detailed),)))
    shown = re.findall(r"input of (\S+?)<", page)
    assert shown == ["linear/a/float32/x#0", "other/a/float32/x#0"]
    assert page.count("are left out of this page") == 4
    assert make_case("linear/a/float32/x#0").id in page
