"""What a program of one's own can call: the same as the commands, without their printing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conform.errors import UsageError
from conform.golden.choosing import ChosenCases, choose_cases

if TYPE_CHECKING:
    from conform.results import BackendResult, RunResult
    from conform.suite import Block


def load_vectors(
    vectors: str | Path | None = None,
    *,
    operations: Sequence[str] = (),
    dtypes: Sequence[str] = (),
    flags: Sequence[str] = (),
    text: str | None = None,
    cases: Sequence[str] = (),
    profile: str | None = None,
    cache: bool = True,
) -> ChosenCases:
    """The vectors of a folder, those that ship by default, or the part of them that is selected.

    `operations`, `dtypes` and `flags` are globs, `text` is words as for `conform run -k`, `cases` are whole ids, and
    `profile` names a profile such as smoke. What comes back has the `manifest`, and `load()`, which gives blocks:
    cases of one operation and format whose inputs and expected results are flat arrays. Raises UsageError where
    nothing is there or selected, VectorError where the vectors are damaged.
    """
    return choose_cases(
        None if vectors is None else Path(vectors),
        operations=tuple(operations),
        dtypes=tuple(dtypes),
        flags=tuple(flags),
        text=text,
        ids=tuple(cases),
        profile=profile,
        no_cache=not cache,
    )


def run(
    *backends: str,
    vectors: str | Path | None = None,
    operations: Sequence[str] = (),
    dtypes: Sequence[str] = (),
    flags: Sequence[str] = (),
    text: str | None = None,
    cases: Sequence[str] = (),
    profile: str | None = None,
    cache: bool = True,
    known: str | Path | None = None,
    policy: str | Path | None = None,
    jobs: int = 1,
    signed_zero: bool = False,
    deterministic: bool = False,
    min_cases: int = 1,
    require_informative: bool = False,
    strict: bool = False,
    as_observed: bool = False,
) -> RunResult:
    """Judge backends, numpy where none is named, each spelled as on the command line and run in a process of its own.

    The selection is that of `load_vectors`; the other arguments are the options of `conform run`. The result tells
    whether all `conforms`, and everything that a report shows. Raises UsageError and BackendError before anything runs,
    and VectorError where the vectors are damaged; what a backend does wrong is a verdict in the result.
    """
    from conform.gate.known import KnownFailures
    from conform.running.backends import load_backends
    from conform.running.conformance import Demands, check_conformance
    from conform.running.runner import RunOptions

    chosen = load_vectors(
        vectors,
        operations=operations,
        dtypes=dtypes,
        flags=flags,
        text=text,
        cases=cases,
        profile=profile,
        cache=cache,
    )
    expected = KnownFailures()
    if known is not None:
        from conform.gate.known_file import read_known

        expected = read_known(Path(known))
    place = None if policy is None else Path(policy)
    loaded, notes = load_backends(backends or ("numpy",), chosen.manifest, place)
    options = RunOptions(
        signed_zero=signed_zero,
        deterministic=deterministic,
        probe=strict or as_observed,
        as_observed=as_observed,
        jobs=jobs,
        keep_passed=True,
    )
    return check_conformance(
        loaded,
        chosen.load,
        options,
        Demands(min_cases, require_informative, expected, strict),
        (chosen.folder, chosen.manifest),
        whole=chosen.whole,
        notes=[*chosen.notes, *notes],
    )


def check(
    function: Callable[..., Any],
    operation: str,
    *,
    vectors: str | Path | None = None,
    dtypes: Sequence[str] = (),
    flags: Sequence[str] = (),
    accumulates: Mapping[str, str] | None = None,
    subnormals: str | Mapping[str, str] = "keep",
) -> BackendResult:
    """Judge one function of one's own, called in this process with numpy arrays by the names of the definition.

    `dtypes` and `flags` are globs; `accumulates` and `subnormals` are declared as a backend declares them. Raises
    AssertionError that describes the first failing cases, UsageError where nothing is selected.
    """
    from conform.testing.function_check import check_function

    return check_function(
        function,
        operation,
        vectors=None if vectors is None else Path(vectors),
        dtypes=dtypes,
        flags=flags,
        accumulates=accumulates,
        subnormals=subnormals,
    )


def explain(
    case: str,
    *,
    result: str | None = None,
    index: Sequence[int] | None = None,
    backend: str | None = None,
    accumulate: str | None = None,
    vectors: str | Path | None = None,
    cache: bool = True,
) -> str:
    """The derivation of what is accepted for one element of a case, the first where none is named, as text.

    It is judged by the declarations of `backend`, or of numpy. Where one is named it is also called, and by how much
    its answer misses is told; `accumulate` is a format that sums are kept in, whatever is declared. Raises UsageError
    for a case, result, index or format that there is not.
    """
    from conform.backends.supervised import supervise_backend
    from conform.formats import FLOAT_NAMES, get_format
    from conform.judge.addends import attach_addends
    from conform.judge.derivation import explain_case

    folder = None if vectors is None else Path(vectors)
    chosen, found = _find_case(case, folder, cache)
    results = {each.name: each for each in found.operation.results}
    name = result or next(iter(results))
    if name not in results:
        raise UsageError(f"no result {name!r}", where=case, hint=f"There are: {', '.join(results)}.")
    if accumulate is not None and accumulate not in FLOAT_NAMES:
        raise UsageError(f"unknown format {accumulate!r}", hint=f"There are: {', '.join(FLOAT_NAMES)}.")
    shape = results[name].resolve_shape(found.cases[0].scope)
    place = _check_index(index, shape, case)
    loaded = supervise_backend(backend or "numpy", chosen.manifest.operations)
    try:
        rules = loaded.declaration.rules_for(found.operation.name, found.format, table=found.operation.function_table)
        if accumulate is not None:
            rules = replace(rules, accumulator=get_format(accumulate))
        found = attach_addends(found, rules)
        text = explain_case(found, chosen.manifest.flags, rules, name, place, chosen.manifest.function_table)
        if backend is not None:
            from conform.running.answer import describe_answer
            from conform.texts import show_controls

            answer = map(show_controls, describe_answer(loaded, found, rules, name, place))
            text = "\n".join([text, "", *answer])
        return text
    finally:
        if loaded.close is not None:
            loaded.close()


def _find_case(case: str, vectors: Path | None, cache: bool) -> tuple[ChosenCases, Block]:
    from conform.golden.case_ids import suggest_cases

    operation = case.split("/")[0]
    everything = choose_cases(vectors, no_cache=not cache)
    names = [each.name for each in everything.manifest.operations]
    chosen = choose_cases(vectors, operations=(operation,) if operation in names else (), no_cache=not cache)
    for block in chosen.load():
        ids = [each.id for each in block.cases]
        if case in ids:
            return chosen, block.take([ids.index(case)])
    hint = suggest_cases(chosen.folder, chosen.manifest, case)
    raise UsageError(f"no case {case!r}", where=str(chosen.folder), hint=hint)


def _check_index(index: Sequence[int] | None, shape: tuple[int, ...], case: str) -> tuple[int, ...]:
    if 0 in shape:
        raise UsageError(f"the result of shape {list(shape)} has no elements", where=case)
    if index is None:
        return (0,) * len(shape)
    if len(index) == len(shape) and all(0 <= i < size for i, size in zip(index, shape, strict=True)):
        return tuple(index)
    raise UsageError(f"{list(index)} is not an index into the shape {list(shape)}", where=case)
