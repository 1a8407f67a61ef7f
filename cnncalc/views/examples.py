"""The bundled networks, a line each."""

from __future__ import annotations

from .report import Column, Part, Records, Report, Table

COLUMNS = (
    Column("name", "Example", lambda row: row[0], meaning="the name that every command accepts"),
    Column("title", "Network", lambda row: row[1], meaning="what the network is, and where it comes from"),
)


def report(networks: list[tuple[str, str]]) -> Report:
    """The names and titles of networks."""
    def parts() -> list[Part]:
        return [Table.of(COLUMNS, networks)]

    return Report("examples", lambda: {"schema": "cnncalc/examples/1", "examples": [dict(zip(("name", "title"), n)) for n in networks]},
                  parts, lambda: Records([c.key for c in COLUMNS], [list(network) for network in networks]))  # fmt: skip
