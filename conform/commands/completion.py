"""What shells complete: operations, formats, flags, cases and backends, as far as they are typed."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import BashComplete, CompletionItem, FishComplete, add_completion_class, split_arg_string

if TYPE_CHECKING:
    from conform.suite import Manifest

Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]

_BASH = """\
%(complete_func)s() {
    local IFS=$'\\n' line value response
    # Bash breaks words at = and : and replaces only what follows the last of them, which it gives as $2.
    local typed="${COMP_LINE:0:$COMP_POINT}"
    response=$(env COMP_LINE="$typed" %(complete_var)s=bash_complete "$1")
    typed="${typed##* }"
    typed="${typed#[\\'\\"]}"
    local before="${typed%%"$2"}"
    COMPREPLY=()
    for line in $response; do
        value="${line#*,}"
        case "${line%%%%,*}" in
            plain) COMPREPLY+=("${value#"$before"}") ;;
            file) compopt -o default ;;
            dir) compopt -o dirnames ;;
        esac
    done
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""

_FISH = """\
function %(complete_func)s;
    set -l response (env %(complete_var)s=fish_complete COMP_WORDS=(commandline -cp) \
        COMP_CWORD=(commandline -t) %(prog_name)s);
    for completion in $response;
        # Split once: ids of cases have commas.
        set -l parts (string split -m 1 "," $completion);
        switch $parts[1];
            case plain; echo $parts[2];
            case file; __fish_complete_path $parts[2];
            case dir; __fish_complete_directories $parts[2];
        end;
    end;
end;
complete --no-files --command %(prog_name)s --arguments "(%(complete_func)s)";
"""


class _Bash(BashComplete):
    """Completion in bash of words that have = and : in them, as ids of cases and names of backends do."""

    source_template = _BASH

    def get_completion_args(self) -> tuple[list[str], str]:
        line = os.environ["COMP_LINE"]
        words = split_arg_string(line)[1:]
        if not words or line[-1:].isspace():
            return words, ""
        return words[:-1], words[-1]


class _Fish(FishComplete):
    """Completion in fish of words that have commas in them."""

    source_template = _FISH


def register_completion() -> None:
    """Let click use these scripts; its own for zsh has no trouble with such words."""
    add_completion_class(_Bash)
    add_completion_class(_Fish)


def complete_backends(context: click.Context, parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """Registered names and prefixes; classes of a file once its path is there, and paths else."""
    with contextlib.suppress(Exception):
        from conform.backends.origin import list_classes
        from conform.backends.resolve import PREFIXES, find_registered

        path, colon, _ = typed.partition(".py:")
        if colon:
            names = [f"{path}.py:{name}" for name in list_classes(Path(f"{path}.py"))]
            return _keep(names, typed)
        found = _keep([*sorted(find_registered()), *(prefix for prefix in PREFIXES if prefix[-1] == ":")], typed)
        return found or [CompletionItem(typed, type="file")]
    return []


def complete_mutants(context: click.Context, parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """The names of the mutants."""
    with contextlib.suppress(Exception):
        from conform.mutants.registry import MUTANTS

        return _keep((mutant.name for mutant in MUTANTS), typed)
    return []


def _complete_from(
    find: Callable[[Path, Manifest, str], Iterable[str]], context: click.Context, parameter: click.Parameter, typed: str
) -> list[CompletionItem]:
    """What `find` names in the vectors of the command that is being typed; nothing where they cannot be read."""
    with contextlib.suppress(Exception):
        from conform.folders import find_vectors
        from conform.golden.manifest import load_manifest

        folder = find_vectors(context.params.get("vectors"))
        return _keep(find(folder, load_manifest(folder), typed), typed)
    return []


def _list_operations(folder: Path, manifest: Manifest, typed: str) -> Iterable[str]:
    return (operation.name for operation in manifest.operations)


def _list_flags(folder: Path, manifest: Manifest, typed: str) -> Iterable[str]:
    return (flag.name for flag in manifest.flags)


def _list_formats(folder: Path, manifest: Manifest, typed: str) -> Iterable[str]:
    from conform.formats import FLOAT_NAMES, INTEGER_NAMES

    return (*FLOAT_NAMES, *INTEGER_NAMES)


def _list_profiles(folder: Path, manifest: Manifest, typed: str) -> Iterable[str]:
    from conform.golden.profiles import list_profiles

    return (manifest.profile, *list_profiles(folder))


def _list_cases(folder: Path, manifest: Manifest, typed: str) -> Iterable[str]:
    from conform.golden.case_ids import iterate_ids

    operation, slash, _ = typed.partition("/")
    for file in manifest.files:
        if file.operation == operation if slash else file.operation.startswith(typed):
            yield from iterate_ids(folder, manifest, file.operation)


def _keep(names: Iterable[str], typed: str) -> list[CompletionItem]:
    return [CompletionItem(name) for name in names if name.startswith(typed)]


complete_operations: Completer = partial(_complete_from, _list_operations)
complete_formats: Completer = partial(_complete_from, _list_formats)
complete_flags: Completer = partial(_complete_from, _list_flags)
complete_profiles: Completer = partial(_complete_from, _list_profiles)
complete_cases: Completer = partial(_complete_from, _list_cases)
