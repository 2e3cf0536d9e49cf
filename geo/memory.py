"""What a process holds of the machine's memory after it has freed much in small pieces."""

import ctypes
from contextlib import suppress

__all__ = ["give_back"]


def give_back() -> None:
    """Give freed memory back to the system, where its C library can: a process keeps it for itself else.

    After 100,000 reports were compared that is half of 1.3 GB, which the workers need then, and after their rows were
    made as much, which the indexes need (measured).
    """
    with suppress(OSError, AttributeError):  # Windows and macOS have no such library or call
        ctypes.CDLL("libc.so.6").malloc_trim(0)
