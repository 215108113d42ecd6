"""The errors a user can cause: each says what happened, where, and what to do next."""

from __future__ import annotations

from conform.texts import make_line, make_safe, show_controls


class ConformError(Exception):
    """Base of every error that is shown as one message and never as a traceback.

    `exit_code` is what the command line ends with: 2 for wrong usage, 3 for broken vectors or a broken harness.
    """

    exit_code = 3

    def __init__(self, what: str, *, where: str | None = None, hint: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        place = f"{make_line(self.where)}: " if self.where else ""
        advice = show_controls(f"\n  {self.hint}") if self.hint else ""
        return f"{place}{make_safe(self.what)}{advice}"


class UsageError(ConformError):
    """The command, an option or a configuration file asks for something that cannot be done."""

    exit_code = 2


class BackendError(UsageError):
    """A backend cannot be found, loaded or accepted."""


class VectorError(ConformError):
    """The vectors are damaged, inconsistent or not what their manifest says."""


class HarnessError(ConformError):
    """The harness or its surroundings failed; nothing follows about the backend."""
