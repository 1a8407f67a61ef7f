"""Names with a title each: the bundled networks, the guides."""

from __future__ import annotations

from .report import Column, Part, Records, Report, Table


def report(kind: str, first: Column, second: Column, rows: list[tuple[str, str]]) -> Report:
    """A table of names and titles; in JSON a list `kind` of objects."""
    columns = (first, second)

    def parts() -> list[Part]:
        return [Table.of(columns, rows)]

    return Report(kind, lambda: {"schema": f"cnncalc/{kind}/1", kind: [dict(zip([c.key for c in columns], row)) for row in rows]},
                  parts, lambda: Records([c.key for c in columns], [list(row) for row in rows]))


def examples(rows: list[tuple[str, str]]) -> Report:
    """The bundled networks."""
    return report("examples", Column("name", "Example", lambda row: row[0], meaning="the name that every command accepts"),
                  Column("title", "Network", lambda row: row[1], meaning="what the network is, and where it comes from"), rows)


def guides(rows: list[tuple[str, str]]) -> Report:
    """The pages of the guide."""
    return report("guides", Column("topic", "Topic", lambda row: row[0], meaning="the name that `cnncalc guide` accepts"),
                  Column("title", "Page", lambda row: row[1], meaning="what the page is about"), rows)
