"""A sheet to fill in, or its key."""

from __future__ import annotations

from .report import Column, Part, Records, Report, Table


def report(name: str, titles: list[str], rows: list[list[str]]) -> Report:
    """The sheet of a network: its headings, and a row for each layer."""
    def parts() -> list[Part]:
        return [Table([Column(title, title, right=i > 0) for i, title in enumerate(titles)], rows, name)]

    return Report(name, lambda: {"schema": "cnncalc/worksheet/1", "name": name, "columns": titles, "rows": rows}, parts,
                  lambda: Records(list(titles), [list(row) for row in rows]))
