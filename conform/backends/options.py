"""Options of a backend, written behind its name as in `torch[device=cuda,compile=true]`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from conform.errors import BackendError

OptionValue = bool | int | str
_BRACKETS = re.compile(r"(?P<name>.*?)\[(?P<options>[^\[\]]*)\]\Z", re.DOTALL)
_WORDS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


@dataclass(frozen=True)
class Option:
    """An option that a backend accepts; its type is that of `default`, and one of `choices` if there are any."""

    default: OptionValue
    help: str
    choices: tuple[str, ...] = ()

    def parse(self, text: str) -> OptionValue:
        """The value that `text` stands for; raises ValueError saying what was expected."""
        if isinstance(self.default, bool):
            if text.lower() not in _WORDS:
                raise ValueError("expected true or false")
            return _WORDS[text.lower()]
        if isinstance(self.default, int):
            try:
                return int(text)
            except ValueError:
                raise ValueError("expected an integer") from None
        if self.choices and text not in self.choices:
            raise ValueError(f"expected one of {', '.join(self.choices)}")
        return text


def split_options(spec: str) -> tuple[str, dict[str, str]]:
    """Split `torch[device=cpu,compile=true]` into the name and the texts of its options.

    Raises BackendError for brackets that hold anything but KEY=VALUE pairs, each key once.
    """
    match = _BRACKETS.match(spec)
    if match is None:
        if "[" in spec.rpartition("/")[2] or spec.endswith("]"):
            raise BackendError("unbalanced brackets", where=spec, hint="Options are written NAME[KEY=VALUE,KEY=VALUE].")
        return spec, {}
    options: dict[str, str] = {}
    for item in match["options"].split(",") if match["options"].strip() else []:
        key, equals, value = (part.strip() for part in item.partition("="))
        if not (key and equals and value):
            raise BackendError(f"option {item.strip()!r} is not KEY=VALUE", where=spec)
        if key in options:
            raise BackendError(f"option {key!r} is given twice", where=spec)
        options[key] = value
    return match["name"], options


def parse_options(given: Mapping[str, str], accepted: Mapping[str, Option], where: str) -> dict[str, OptionValue]:
    """The value of every accepted option: as given, else its default. Raises BackendError for any other option."""
    for key in given:
        if key not in accepted:
            raise BackendError(f"unknown option {key!r}", where=where, hint=describe_options(accepted))
    values = {}
    for key, option in accepted.items():
        try:
            values[key] = option.parse(given[key]) if key in given else option.default
        except ValueError as error:
            raise BackendError(f"option {key}={given[key]}: {error}", where=where, hint=option.help) from None
    return values


def describe_options(accepted: Mapping[str, Option]) -> str:
    """One line that lists the options with their defaults and meanings."""
    if not accepted:
        return "This backend has no options."
    return "Options: " + "; ".join(_describe(key, option) for key, option in accepted.items())


def _describe(key: str, option: Option) -> str:
    default = str(option.default).lower() if isinstance(option.default, bool) else option.default
    choices = f": {' or '.join(option.choices)}" if option.choices else ""
    return f"{key}={default} ({option.help}{choices})"
