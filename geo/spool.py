"""The rows of a build until they are published: few in memory, many in files, so that memory stays bounded."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from geo.events import TABLES, schema

__all__ = ["Rows", "Spool"]

_HELD = 10_000  # rows of a table in memory, 40 MB of claims

Row = dict[str, Any]
Rows = list[Row] | Path
"""The rows of a table, or the Parquet file that holds them in any order."""


class Spool:
    """Takes rows of ``geo.events.TABLES``; ``counts`` says how many each table has."""

    def __init__(self, folder: Callable[[], Path]) -> None:
        """Begin without rows; the folder is asked for, and files are written there, only when there are many."""
        self._folder = folder
        self._held: dict[str, list[Row]] = {name: [] for name in TABLES}
        self._writers: dict[str, pq.ParquetWriter] = {}
        self.counts: Counter[str] = Counter()

    def add(self, rows: Mapping[str, Iterable[Row]]) -> None:
        """Take rows by table."""
        for name, new in rows.items():
            held = self._held[name]
            before = len(held)
            held.extend(new)
            self.counts[name] += len(held) - before
            if len(held) >= _HELD:
                self._write(name)

    def tables(self) -> dict[str, Rows]:
        """Return all tables; nothing is taken after that."""
        for name, writer in self._writers.items():
            self._write(name)
            writer.close()
        return {name: self._path(name) if name in self._writers else held for name, held in self._held.items()}

    def _write(self, name: str) -> None:
        columns = schema(TABLES[name])
        if name not in self._writers:
            self._writers[name] = pq.ParquetWriter(self._path(name), columns, compression="zstd")
        self._writers[name].write_table(pa.Table.from_pylist(self._held[name], schema=columns))
        self._held[name].clear()

    def _path(self, name: str) -> Path:
        return self._folder() / f"{name}.parquet"
