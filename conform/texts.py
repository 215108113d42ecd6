"""Makes the text of a stranger fit to be shown: it steers nothing, forges no line, and ends where it is cut."""

from __future__ import annotations

import os
import re
import stat
import traceback
from types import TracebackType

MAX_TEXT = 4000
"""So many characters of a text are shown."""
MAX_LINE = 300
"""The same of a text that has to be on one line: a name, a version."""

_FRAMES = 6
_STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
"""Controls of both ranges, separators of lines, marks of direction, what has no width, and lone surrogates."""
_COMMAND = re.compile(r"^([ \t]*):(?=:)", re.MULTILINE)
"""How GitHub's runner knows a command: by what a line begins with, blanks left out."""
_OLD_COMMAND = re.compile(r"#(?=#(?:vso|teamcity)?\[)")
"""How others do, and GitHub's of old: by what is anywhere in a line."""


def show_controls(text: str) -> str:
    """The text with what would steer a terminal or a CI service spelled out, but for line breaks and tabs."""
    text = _STEERING.sub(_spell, text)
    return _OLD_COMMAND.sub(r"\\x23", _COMMAND.sub(r"\1\\x3a", text))


def make_safe(text: str, limit: int = MAX_TEXT) -> str:
    """A text as reports show it; of one longer than the limit its beginning, and how long it is.

    What would steer a terminal or a CI service is spelled out, and every line but the first is indented, so that none
    can be taken for one of the report. What is safe stays as it is.
    """
    if _is_plain(text, limit):
        return text
    first, *others = show_controls(text[:limit].replace("\r\n", "\n")).split("\n")
    return _cut("\n".join([first, *(_indent(line, 4) for line in others)]), len(text), limit)


def make_block(text: str) -> str:
    """The same for what is several lines by nature, such as a traceback: of a longer one the end is shown."""
    lines = show_controls(text[-MAX_TEXT:].replace("\r\n", "\n")).rstrip().split("\n")
    shown = "\n".join([*lines[:1], *(_indent(line, 2) for line in lines[1:])])
    if max(len(text), len(shown)) <= MAX_TEXT:
        return shown
    note = f"(cut: the end of {len(text)} characters)\n  "
    return note + shown[len(note) - MAX_TEXT :]


def make_line(text: str) -> str:
    """The same on one line, and no longer than MAX_LINE."""
    if _is_plain(text, MAX_LINE):
        return text
    return _cut(show_controls(text[:MAX_LINE].replace("\n", "\\n").replace("\t", "\\t")), len(text), MAX_LINE)


def read_text(value: object) -> str:
    """What `str` makes of any object, made safe; where it raises or gives no text, that is said instead."""
    try:
        text = str(value)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return f"(no text: its __str__ raised {name_type(error)})"
    # A class derived from str may do anything in its methods, but not in those of str.
    # There is room for a name before it, so that nothing is cut twice.
    return make_safe(str.__getitem__(text, slice(None)), MAX_TEXT - MAX_LINE)


def show_value(value: object) -> str:
    """What `repr` makes of any object, on one line; where it raises or gives no text, the name of its type."""
    try:
        text = repr(value)
    except KeyboardInterrupt:
        raise
    except BaseException:
        return f"<{name_type(value)}>"
    return make_line(str.__getitem__(text, slice(None)))


def name_type(value: object) -> str:
    """The name of the type of an object, whatever its metaclass says of it."""
    return make_line(str(type.__dict__["__name__"].__get__(type(value))))


def name_type_fully(value: object) -> str:
    """The same with its module: `numpy.matrix`."""
    kind = type(value)
    parts = (type.__dict__[name].__get__(kind) for name in ("__module__", "__qualname__"))
    return make_line(".".join(map(read_text, parts)))


def describe_exception(error: BaseException) -> str:
    """`ValueError: what it says`, or the name alone where it says nothing."""
    name, text = name_type(error), read_text(error)
    return f"{name}: {text}" if text else name


def describe_frames(error: BaseException) -> str:
    """The last calls that led to an exception, the one that caught it left out, as a traceback shows them."""
    at: TracebackType | None = BaseException.__dict__["__traceback__"].__get__(error)
    frames = []
    for frame, number in traceback.walk_tb(at.tb_next if at is not None else None):
        frames.append((frame.f_code.co_filename, number, frame.f_code.co_name))
        del frames[:-_FRAMES]
    lines = traceback.format_list(
        [traceback.FrameSummary(path, number, name, line=_find_line(path)) for path, number, name in frames]
    )
    return make_block("".join(lines)) if lines else ""


def _find_line(path: str) -> str | None:
    """None where the line may be looked up: code can claim to come from a file that never ends."""
    try:
        regular = stat.S_ISREG(os.stat(path).st_mode)
    except (OSError, ValueError):
        regular = True
    return None if regular else ""


def _spell(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _is_plain(text: str, limit: int) -> bool:
    return len(text) <= limit and text.isprintable() and "::" not in text and "##" not in text


def _indent(line: str, columns: int) -> str:
    return line if not line or line.startswith(" " * columns) else " " * columns + line


def _cut(shown: str, whole: int, limit: int) -> str:
    if max(whole, len(shown)) <= limit:
        return shown
    note = f"… (cut, of {whole} characters)"
    return shown[: limit - len(note)] + note
