"""What the program being read may use: steps, memory, depth."""

from __future__ import annotations

#: Steps for the whole program, and for a statement of the module since a library last made progress in it.
MOST_STEPS, PATIENCE = 400_000, 25_000
#: Steps for all statements in which no library makes progress, such as loops over training data, and what each still has after that.
MOST_IDLE, LEAST_PATIENCE = 50_000, 1_500
#: Calls inside calls.
DEEPEST = 120
#: Numbers in a list, characters in a string, bits in a number.
LARGEST, LONGEST, WIDEST = 200_000, 1_000_000, 20_000
#: What all lists and strings made may hold together.
MOST_MEMORY = 4_000_000


class Limit(Exception):
    """The program being read takes more steps, memory or depth than allowed."""


class Exhausted(Limit):
    """The steps or the memory of a statement, or of the whole program, are used up."""


class Budget:
    """The steps and the memory that are left."""

    def __init__(self) -> None:
        self.steps, self.patience, self.memory = MOST_STEPS, PATIENCE, MOST_MEMORY
        self.idle, self.advances = MOST_IDLE, 0

    def charge(self, n: int) -> None:
        """Take the memory of `n` more values."""
        self.memory -= n
        if self.memory < 0:
            raise Exhausted("it makes more values than can be read here")
        if n > 30:
            self.work(n >> 2)

    def work(self, n: int) -> None:
        """Take `n` steps for work that is done at once."""
        self.steps -= n
        self.patience -= n
        if self.steps < 0 or self.patience < 0:
            raise Exhausted("it takes more steps than can be followed here")

    def bounded(self, n: int, most: int = LARGEST) -> int:
        """A length that a value may have."""
        if n > most:
            raise Limit(f"it makes a value of {n if n < 10**18 else 'very many'} elements")
        self.charge(max(n, 0))
        return n

    def progress(self, steps: int = 40) -> None:
        """A library has made something in so many steps: the statement is worth more of them."""
        self.patience = PATIENCE
        self.advances += 1
        self.work(steps)
