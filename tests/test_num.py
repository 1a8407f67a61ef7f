"""Numbers with a history are the integers that they would be without, and refuse to forget it."""

from __future__ import annotations

import operator

import pytest
from hypothesis import given as random
from hypothesis import strategies as st

from cnncalc.num import Num, ceil_div, divides, exact_div, given, largest, named, product, smallest

OPERATIONS = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "//": operator.floordiv, "**": operator.pow,
    "ceil": ceil_div, "max": largest, "min": smallest,
}
whole = st.integers(-50, 50)


def defined(op, a, b):
    return not (op in ("//", "ceil") and b == 0) and not (op == "**" and b < 0)


@random(whole, whole, st.sampled_from(sorted(OPERATIONS)))
def test_traced_arithmetic_is_plain_arithmetic(a, b, op):
    if not defined(op, a, b):
        return
    work = OPERATIONS[op]
    plain = work(a, b)
    assert type(plain) is int
    for x, y in ((given(a, "a"), b), (a, given(b, "b")), (given(a, "a"), given(b, "b"))):
        if op == "**" and type(x) is not Num:
            continue  # refused
        traced = work(x, y)
        assert traced == plain
        assert type(traced) is Num
        assert (traced.op, traced.symbol) == (op, None)
        assert traced.args[0] is x
        assert traced.args[1] is y


def again(number):
    """What a number's own history works out to."""
    if type(number) is not Num or number.op is None:
        return int(number)
    values = [again(arg) for arg in number.args]
    return values[0] if number.op == "named" else OPERATIONS[number.op](*values)


@random(st.recursive(whole, lambda inner: st.tuples(st.sampled_from(sorted(OPERATIONS)), inner, inner), max_leaves=12))
def test_a_history_works_out_to_its_number(tree):
    def grow(tree, leaf):
        if type(tree) is int:
            return leaf(tree)
        op, a, b = tree[0], grow(tree[1], leaf), grow(tree[2], leaf)
        if not defined(op, a, b) or (op == "**" and (b > 8 or not -10**6 < a < 10**6)):
            return a
        return OPERATIONS[op](a, b)

    plain = grow(tree, int)
    traced = grow(tree, lambda n: given(n, "n"))
    assert traced == plain
    assert again(traced) == plain


@random(whole, st.integers(1, 50))
def test_the_ceiling_is_the_least_that_covers(a, b):
    assert (ceil_div(a, b) - 1) * b < a <= ceil_div(a, b) * b


@random(whole, st.integers(1, 50))
def test_exact_division_is_exact_or_a_mistake_of_ours(a, b):
    assert exact_div(a * b, b) == a
    traced = exact_div(given(a * b, "n"), b)
    assert (traced, traced.op) == (a, "/")
    assert divides(b, given(a * b, "n"))
    if a % b:
        assert not divides(given(b, "g"), a)
        with pytest.raises(AssertionError):
            exact_div(a, b)


@pytest.mark.parametrize("forget", [
    lambda x: 7 % x, lambda x: x / 2, lambda x: 7 / x, lambda x: divmod(x, 2),
    lambda x: divmod(7, x), lambda x: -x, lambda x: +x, lambda x: ~x, lambda x: abs(x), lambda x: round(x),
    lambda x: 2 ** x, lambda x: x << 1, lambda x: 1 << x, lambda x: x >> 1, lambda x: 8 >> x, lambda x: x & 1,
    lambda x: 1 & x, lambda x: x | 4, lambda x: 4 | x, lambda x: x ^ 1, lambda x: 1 ^ x,
])
def test_operations_that_forget_are_refused(forget):
    with pytest.raises(TypeError, match="lose the working"):
        forget(given(3, "k"))


def test_a_name_keeps_what_it_names():
    k = given(5, "k")
    p = named("p", k - 1)
    assert (p, p.symbol, p.op) == (4, "p", "named")
    assert p.args[0].args == (k, 1)


def test_naming_leaves_plain_numbers_plain():
    for value in (4, None, "same"):
        assert named("p", value) is value


def test_a_number_prints_as_a_number():
    assert (str(given(5, "k")), repr(given(5, "k")), f"{given(1234, 'n'):,}") == ("5", "5", "1,234")


def test_equal_numbers_are_equal_whatever_their_history():
    assert given(6, "n") == 6 == given(2, "a") * given(3, "b")
    assert len({given(6, "n"), 6, given(2, "a") * 3}) == 1


@random(st.lists(st.one_of(whole, st.none()), max_size=5))
def test_a_product_is_unknown_if_a_size_is(values):
    result = product(values)
    if None in values:
        assert result is None
        return
    plain = 1
    for value in values:
        plain *= value
    assert result == plain
    traced = product([given(value, "n") for value in values])
    assert traced == plain
    assert again(traced) == plain
