"""The options of commands that read a network, and how they open it."""

from __future__ import annotations

import os
from typing import Any

import click

from .output import complain, complete_file, say

#: Of files that may describe a network.
ENDINGS = (".yaml", ".yml", ".json", ".keras", ".h5", ".hdf5")


def complete_arch(context: click.Context, parameter: click.Parameter, word: str) -> list[Any]:
    """For the shell: bundled networks, and files that may hold one; in other folders, any file."""
    from click.shell_completion import CompletionItem

    from ..sources import bundled

    files = [] if os.sep in word else [name for name in sorted(os.listdir()) if name.endswith(ENDINGS)]
    found = [CompletionItem(name) for name in [*files, *bundled()] if name.startswith(word)]
    return found or complete_file(context, parameter, word)


def complete_layer(context: click.Context, parameter: click.Parameter, word: str) -> list[Any]:
    """For the shell: the layers of the network that the command line names."""
    from click.shell_completion import CompletionItem

    from ..sources import open_named

    # Behind an option that waits for its value, click has not come to the arguments.
    arch = context.params.get("arch") or next(iter(context.args), None)
    graph = open_named(arch).graph if isinstance(arch, str) and arch != "-" else None
    names = [] if graph is None else [node.name for node in graph.nodes]
    return [CompletionItem(name) for name in names if name.startswith(word)]


def _kept(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    """Keep what is said beside a Python file for `opened_steps`."""
    context.meta[f"cnncalc.{parameter.name}"] = value


def source_options(function: Any) -> Any:
    """The options of Python source: values from outside, and Keras's configured data format."""
    for option in (
        click.option("--data-format", type=click.Choice(("channels_last", "channels_first")), expose_value=False, callback=_kept,
                     help="Keras's configured data format, for Python source that asks for it."),
        click.option("--set", "set_", metavar="NAME=VALUE", multiple=True, expose_value=False, callback=_kept,
                     help="Set a variable of Python source that comes from data or a command line."),
    ):
        function = option(function)
    return function


def given_beside(input: Any = None) -> Any:
    """What the command line says of Python source."""
    from ..sources.python.program import Given

    meta = click.get_current_context().meta
    given = Given(input, meta.get("cnncalc.set_") or (), meta.get("cnncalc.data_format"))
    given.words, given.batch = meta.get("cnncalc.words") or (), click.get_current_context().params.get("batch")
    return given


def is_source(name: str) -> bool:
    """Whether a name is one of Python source."""
    return ".py" in name or ".ipynb" in name


def input_option(function: Any) -> Any:
    """The options of a command that reads networks: the size of the input, and the outputs of unknown layers."""
    function = click.option("--assume", metavar="NAME=SHAPE", multiple=True, expose_value=False, callback=_assumed,
                            help="Output shape of a Lambda or custom layer: NAME=same or NAME=14x14x64.")(function)
    return click.option("--input", "input_", metavar="SHAPE", multiple=True,
                        help="Replace the input's size: 256x256x3, or name=256x256x3.")(function)


#: Where the command's context has the assumptions.
ASSUMED = "cnncalc.assumed"


def _assumed(context: click.Context, parameter: click.Parameter, words: tuple[str, ...]) -> None:
    if not words:
        return
    from ..errors import SpecError
    from ..layers.unknown import assumption

    named = context.meta[ASSUMED] = {}
    for word in words:
        name, _, shape = word.partition("=")
        try:
            assumption(shape)
        except SpecError:
            name = ""
        if not name:
            raise click.BadParameter(f"{word!r} is not NAME=same or NAME=14x14x64 (or either with its parameters: "
                                     "NAME=same,params=128)", param_hint="--assume")
        named[name] = shape


def _assume(name: str, graph: Any) -> list[Any]:
    """Apply the command's assumptions; the errors of those that fit no layer, of one of several networks only warnings."""
    context = click.get_current_context(silent=True)
    words = context.meta.get(ASSUMED) if context is not None else None
    if not words or context is None:
        return []
    from ..network import assume

    wrong = assume(graph, words)
    arch = context.params.get("arch")
    if "b" not in context.params and not (isinstance(arch, tuple) and len(arch) > 1):
        return wrong
    for error in wrong:
        say(f"{name}: warning: {error.problem}")
    return []


batch_option = click.option("--batch", metavar="N", type=click.IntRange(1, 10**9), help="The batch's size.")


def parsed_shapes(words: tuple[str, ...]) -> Any:
    """`256x256x3` as a shape, `name=...` as shapes by name; nothing as nothing."""
    if not words:
        return None
    context = click.get_current_context(silent=True)
    if context is not None:
        context.meta["cnncalc.words"] = words
        given = [name for value in context.params.values() for name in (value if isinstance(value, tuple) else (value,))]
        if any([isinstance(name, str) and is_source(name) for name in given]):
            return _shapes_of_source(words)
    return _plain_shapes(words)


def _shapes_of_source(words: tuple[str, ...]) -> Any:
    """The shapes for Python source; None where only PyTorch's reader takes them, such as 35xNx200 or 20:int."""
    try:
        return _plain_shapes(words)
    except click.BadParameter:
        if any([word.count("=") > 1 or not word.strip() for word in words]):
            raise
        return None


def _plain_shapes(words: tuple[str, ...]) -> Any:
    named = {}
    for word in words:
        name, _, sizes = word.rpartition("=")
        shape: list[int | None] = []
        for size in sizes.lower().replace("×", "x").replace(",", "x").strip("()[] ").split("x"):
            size = size.strip()
            if size in ("?", "none", "null"):
                shape.append(None)
            elif size.isdecimal() and 0 < len(size) < 10 and int(size) > 0:
                shape.append(int(size))
            else:
                raise click.BadParameter(f"{word!r} is not a shape such as 256x256x3", param_hint="--input")
        named[name] = tuple(shape)
    if "" in named:
        if len(named) > 1 or len(words) > 1:
            raise click.BadParameter("several inputs need their names: name=256x256x3", param_hint="--input")
        return named[""]
    return named


def opened_steps(name: str, input: Any = None) -> tuple[Any, list[Any]]:
    """The steps of the network that a file or an example describes, as far as it has any, and what is wrong.

    What is wrong has been said then.
    """
    from ..errors import SpecError
    from ..network import traced
    from ..sources import open_named

    opened = open_named(name, given_beside(input) if is_source(name) else None)
    for warning in opened.warnings:
        say(f"{name}: warning: {warning}")
    problems = list(opened.errors)
    trace = None
    if opened.graph is not None:
        for note in opened.graph.notes:
            say(note)
        try:
            problems += _assume(name, opened.graph)
            trace = traced(opened.graph, input)
            problems += trace.errors
        except SpecError as error:
            problems.append(error)
    complain(problems)
    return trace, problems


def opened_trace(name: str, input: Any = None) -> Any:
    """The steps of a whole network; `None`, and what is wrong has been said, if it is not whole."""
    trace, problems = opened_steps(name, input)
    return None if problems else trace
