"""Changes to the floating-point environment that a library can make: flushing, and another direction of rounding."""

import contextlib
import ctypes
import ctypes.util
import platform
from collections.abc import Iterator

# Where the control word lies in `fenv_t` of glibc and musl, its bits that flush, and its bits that round towards zero.
_WORDS = {"x86_64": (28, 0x8040, 0x6000), "aarch64": (0, 1 << 24, 3 << 22)}
AVAILABLE = platform.system() == "Linux" and platform.machine() in _WORDS


def change_environment(bits: int) -> None:
    library = ctypes.CDLL(ctypes.util.find_library("m"))
    offset = _WORDS[platform.machine()][0]
    environment = ctypes.create_string_buffer(64)
    library.fegetenv(environment)
    word = ctypes.c_uint32.from_buffer(environment, offset)
    word.value |= bits
    library.fesetenv(environment)


def flush_subnormals() -> None:
    change_environment(_WORDS[platform.machine()][1])


def round_towards_zero() -> None:
    change_environment(_WORDS[platform.machine()][2])


@contextlib.contextmanager
def flushing() -> Iterator[None]:
    """Flush subnormal numbers to zero in this thread, until the end of the block."""
    library = ctypes.CDLL(ctypes.util.find_library("m"))
    before = ctypes.create_string_buffer(64)
    library.fegetenv(before)
    flush_subnormals()
    try:
        yield
    finally:
        library.fesetenv(before)
