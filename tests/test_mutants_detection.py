"""Detection: what counts as caught, which cases the count rests on, and how it is told."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tiny_suite import TinySuite
from vector_samples import FOLDER, find_site, get_blocks, get_manifest

from conform.cli import run_cli
from conform.golden.profiles import read_profile
from conform.mutants.cover import choose_smoke, find_redundant, select_blocks
from conform.mutants.detection import Detection, JudgedCase, Planting, Power, measure_power
from conform.mutants.mutant import Equivalence, Mutant, everywhere
from conform.mutants.registry import find_mutants
from conform.mutants.report import format_matrix
from conform.mutants.smoke import write_smoke
from conform.mutants.summary import summarize, to_json
from conform.mutants.task import Change
from conform.suite import CaseInfo

SITE = find_site("linear", "output", "float32")
INERT = Mutant("inert", "nothing wrong", "Did nothing wrong.", Change(), everywhere)


def make_power(*caught: tuple[int, ...], count: int = 4) -> Power:
    """One mutant for each tuple of the cases that catch it."""
    cases = tuple(
        JudgedCase(CaseInfo(f"linear/normal/float32/inDim=1,outDim=1#{i}", {}, ("normal",), i + 1), *SITE_GROUP, i)
        for i in range(count)
    )
    detections = tuple(
        Detection(replace(INERT, name=f"mutant-{n}"), (Planting(SITE, np.array(each, np.intp), count, None),))
        for n, each in enumerate(caught)
    )
    return Power(cases, detections)


SITE_GROUP = ("linear", "float32")


def test_a_mutant_that_changes_nothing_survives_everywhere() -> None:
    power = measure_power([INERT], get_blocks("linear", "float32"), get_manifest().operations)
    assert (power.caught, power.planted) == (0, 1)
    (planting,) = power.detections[0].survivors
    assert planting.possible == len(power.cases)


def test_a_survivor_at_sizes_that_no_case_has_says_so() -> None:
    mutant = replace(INERT, sizes=lambda sizes: sizes["inDim"] == 12345)
    power = measure_power([mutant], get_blocks("linear", "float32"), get_manifest().operations)
    assert power.detections[0].survivors[0].possible == 0


def test_what_is_argued_to_be_legal_is_not_planted() -> None:
    mutant = replace(INERT, equivalences=(Equivalence(lambda site: site == SITE, "It changes nothing."),))
    power = measure_power([mutant], get_blocks("linear", "float32"), get_manifest().operations)
    assert (power.caught, power.planted) == (0, 0)
    assert [planting.argument for planting in power.detections[0].plantings] == ["It changes nothing."]


def test_an_operation_that_the_catalogue_does_not_know_is_passed_over() -> None:
    (block,) = get_blocks("linear", "float32")
    unknown = replace(block, operation=replace(block.operation, name="linear_of_tomorrow", sums={}))
    power = measure_power(find_mutants(["bias-omitted"]), [unknown], [unknown.operation])
    assert power.cases == ()
    assert power.detections[0].plantings == ()


def test_a_mutant_is_planted_in_one_result_at_a_time() -> None:
    power = measure_power(
        find_mutants(["gradient-negated"]), get_blocks("linear_backward", "int32"), get_manifest().operations
    )
    assert [planting.site.result for planting in power.detections[0].plantings] == ["dW", "db", "dx"]
    assert power.caught == 3


def test_a_case_is_redundant_unless_it_alone_catches_something() -> None:
    assert find_redundant(make_power((0, 1), (1, 2), (3,))).tolist() == [0, 1, 2]
    assert find_redundant(make_power((0,), (0, 1))).tolist() == [1, 2, 3]


def test_the_smoke_profile_is_a_greedy_cover_in_the_order_of_the_suite() -> None:
    ids = choose_smoke(make_power((0, 1), (1, 2), (3,)), [], [], limit=2)
    assert [identity[-1] for identity in ids] == ["1", "3"]


def test_a_smoke_profile_without_room_for_all_is_refused() -> None:
    with pytest.raises(ValueError, match="2 cases are needed to catch every mutant, more than 1"):
        choose_smoke(make_power((0,), (1,)), [], [], limit=1)


def test_a_mutant_that_remembers_calls_gets_two_cases_of_one_shape() -> None:
    mutants = find_mutants(["caches-by-shape", "bias-omitted"])
    blocks = get_blocks("linear", "float32")
    operations = get_manifest().operations
    ids = choose_smoke(measure_power(mutants, blocks, operations), blocks, operations, limit=4)
    again = measure_power(mutants, select_blocks(blocks, set(ids)), operations)
    assert again.caught == again.planted == 2


def test_writing_the_smoke_profile_keeps_other_profiles_and_the_checksums_true(tmp_path: Path) -> None:
    for name in ("SHA256SUMS", "profiles.json"):
        shutil.copy(FOLDER / name, tmp_path)
    profiles = json.loads((tmp_path / "profiles.json").read_text())
    (tmp_path / "profiles.json").write_text(json.dumps(profiles | {"tiny": ["a"]}))
    write_smoke(tmp_path, ["b", "c"])
    assert read_profile(tmp_path, "smoke") == ("b", "c")
    assert read_profile(tmp_path, "tiny") == ("a",)


def test_the_summary_names_families_and_the_cheapest_case() -> None:
    summary = summarize(make_power((2, 1)), {"linear": "linear"})
    (row,) = summary.rows
    assert (row.caught, row.planted, row.cases, row.families) == (1, 1, 2, (("normal", 2),))
    assert row.cheapest == "linear/normal/float32/inDim=1,outDim=1#1"
    assert summary.families == (("normal", 4, 0),)
    assert json.loads(json.dumps(to_json(summary, [])))["mutants"][0]["families"] == {"normal": 2}


def test_the_matrix_counts_sites_and_says_where_it_is_from() -> None:
    lines = format_matrix(summarize(make_power((0,), ()), {"linear": "linear"})).splitlines()
    assert lines[0] == "| layer | float32 |"
    assert lines[2] == "| linear | 1/2 |"
    assert "1 of 2, from 2 mutants, by 4 cases. Generated by `conform mutants --markdown`." in lines[-1]


@pytest.mark.parametrize(
    ("arguments", "code", "fragment"),
    [
        (["bias-omitted"], 0, "1 of 1 caught"),
        (["bias-omitted", "--floor", "2"], 1, "fewer than 2 caught"),
        (["terms-past-4096-dropped", "--flag", "unit"], 1, "survived terms-past-4096-dropped"),
        (["terms-past-4096-dropped", "--flag", "unit", "--floor", "0"], 0, "0 of 1 caught"),
        (["ties-away"], 0, "equivalent ties-away"),
        (["bias-omitted", "--list"], 0, "Returned weights · input"),
        (["bias-omited"], 2, "Did you mean bias-omitted"),
        (["--write-smoke"], 2, "--write-smoke takes all mutants and all cases"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_the_command_counts_and_decides(
    arguments: list[str], code: int, fragment: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_cli(["mutants", *arguments, "--operation", "linear", "--dtype", "float32"]) == code
    out, err = capsys.readouterr()
    assert fragment in out + err


def test_json_on_standard_output_is_nothing_but_json(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["mutants", "bias-omitted", "--operation", "linear", "--dtype", "int32", "--json", "-"]
    assert run_cli(arguments) == 0
    written = json.loads(capsys.readouterr().out)
    assert (written["planted"], written["caught"], written["format_version"]) == (1, 1, 1)
    assert written["matrix"] == [{"operation": "linear", "dtype": "int32", "caught": 1, "planted": 1}]


def test_nothing_to_plant_fails_and_says_where(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    suite = TinySuite(tmp_path)
    suite.manifest["operations"][1]["sums"] = []
    assert run_cli(["mutants", "--vectors", str(suite.write()), "--no-cache", "--operation", "scale"]) == 1
    assert "nothing was planted in scale" in capsys.readouterr().out
