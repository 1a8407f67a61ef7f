"""Answer sheets and grids of answers."""
