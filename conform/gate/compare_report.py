"""Writes a comparison of two runs: as lines, as Markdown, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from conform.gate.compare import KINDS, Change, Comparison
from conform.report.markdown import escape_markdown

VERSION = 1
EXAMPLES = 5
"""How many changes of a kind are shown where not all are."""


def format_lines(comparison: Comparison, everything: bool = False) -> Iterator[str]:
    """Notes, then for each kind its changes counted by operation and format, some of them, and a line that sums up."""
    for note in comparison.notes:
        yield f"note: {note}"
    for kind in KINDS:
        changes: Sequence[Change] = getattr(comparison, kind)
        if changes:
            yield f"{kind}: {len(changes)}"
            yield from (f"  {line}" for line in _count_groups(changes))
            shown = changes if everything else choose_examples(changes)
            yield from (f"    {_describe(change)}" for change in shown)
            if len(changes) > len(shown):
                yield f"    … and {len(changes) - len(shown)} more; --all shows them."
    yield summarize(comparison)


def format_markdown(comparison: Comparison) -> str:
    """For each kind a table of its changes counted by operation and format, with some of them folded below it."""
    lines = [f"## {'❌ worse' if comparison.worsened else '✅ nothing is worse'}", "", summarize(comparison), ""]
    lines += [f"> {escape_markdown(note)}\n" for note in comparison.notes]
    for kind in KINDS:
        changes: Sequence[Change] = getattr(comparison, kind)
        if not changes:
            continue
        lines += [f"### {len(changes)} {kind}", "", "| backend | operation | format | cases |", "|---|---|---|---:|"]
        for (backend, operation, dtype), own in group_changes(changes).items():
            lines.append(f"| {escape_markdown(backend)} | `{operation}` | {dtype} | {len(own)} |")
        lines += ["", "<details><summary>Examples</summary>", ""]
        lines += [f"- {escape_markdown(_describe(change))}" for change in choose_examples(changes)]
        lines += ["", "</details>", ""]
    return "\n".join(lines)


def format_json(comparison: Comparison) -> str:
    """Every change, as a JSON object with a list for each kind."""
    changes = {kind: [asdict(change) for change in getattr(comparison, kind)] for kind in KINDS}
    facts = {"version": VERSION, "worsened": comparison.worsened, "common": comparison.common}
    return json.dumps({**facts, "notes": list(comparison.notes), **changes}, indent=1, ensure_ascii=True) + "\n"


def group_changes(changes: Sequence[Change]) -> dict[tuple[str, str, str], list[Change]]:
    """The changes by backend, operation and format."""
    grouped: dict[tuple[str, str, str], list[Change]] = {}
    for change in changes:
        grouped.setdefault((change.backend, change.operation, change.dtype), []).append(change)
    return grouped


def choose_examples(changes: Sequence[Change]) -> list[Change]:
    """A few changes, from as many operations and formats as possible."""
    queues = list(group_changes(changes).values())
    ranked = [(rank, i, change) for i, queue in enumerate(queues) for rank, change in enumerate(queue[:EXAMPLES])]
    return [change for _, _, change in sorted(ranked, key=lambda each: each[:2])[:EXAMPLES]]


def summarize(comparison: Comparison) -> str:
    """`7 cases in both: 3 worse, 0 better, …`."""
    counts = ", ".join(f"{len(getattr(comparison, kind))} {kind}" for kind in KINDS)
    return f"{comparison.common} cases in both: {counts}"


def _count_groups(changes: Sequence[Change]) -> Iterator[str]:
    """A line for each operation of each backend: how many changes there are in each format."""
    counts: dict[tuple[str, str], list[str]] = {}
    for (backend, operation, dtype), own in group_changes(changes).items():
        counts.setdefault((backend, operation), []).append(f"{dtype} {len(own)}")
    for (backend, operation), formats in counts.items():
        yield f"{backend}: {operation}: {', '.join(formats)}"


def _describe(change: Change) -> str:
    place = change.subject if "/" in change.subject else f"{change.operation} {change.dtype}: {change.subject}"
    return f"{change.backend}: {place}: {change.before} → {change.after}"


FORMATS = {"markdown": format_markdown, "json": format_json}
"""The kinds of reports of a comparison."""
