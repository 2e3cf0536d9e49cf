"""What a process does for its memory: how often it looks for garbage, and what it gives back to the system."""

import ctypes
import gc
from contextlib import suppress

__all__ = ["collect_rarely", "give_back"]

_NEW_OBJECTS = 20_000


def collect_rarely() -> None:
    """Look for cycles of garbage after so many new objects, not 700: that took a twentieth of the reading (measured).

    It is for processes that are Dateline's own.
    """
    gc.set_threshold(_NEW_OBJECTS, *gc.get_threshold()[1:])


def give_back() -> None:
    """Give freed memory back to the system, where its C library can: a process keeps it for itself else.

    After 100,000 reports were compared that is half of 1.3 GB, which the workers need then, and after their rows were
    made as much, which the indexes need (measured).
    """
    with suppress(OSError, AttributeError):  # Windows and macOS have no such library or call
        ctypes.CDLL("libc.so.6").malloc_trim(0)
