"""The options of commands that read a network, and how they open it."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import click

from .output import Output, complain, complete_file, say

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem
    
    from ..analysis import Trace
    from ..errors import CnncalcError, SpecError
    from ..graph import Graph
    from ..sources import Opened

F = TypeVar("F", bound=Callable[..., object])

#: Of files that may describe a network.
ENDINGS = (".yaml", ".yml", ".json", ".keras", ".h5", ".hdf5")


def complete_arch(context: click.Context, parameter: click.Parameter, word: str) -> list[CompletionItem]:
    """For the shell: bundled networks, and files that may hold one; in other folders, any file."""
    from click.shell_completion import CompletionItem

    from ..sources import bundled

    files = [] if os.sep in word else [name for name in sorted(os.listdir()) if name.endswith(ENDINGS)]
    found = [CompletionItem(name) for name in [*files, *bundled()] if name.startswith(word)]
    return found or complete_file(context, parameter, word)


def complete_layer(context: click.Context, parameter: click.Parameter, word: str) -> list[CompletionItem]:
    """For the shell: the layers of the network that the command line names."""
    from click.shell_completion import CompletionItem

    from ..sources import open_named

    # Behind an option that waits for its value, click has not come to the arguments.
    arch = context.params.get("arch") or next(iter(context.args), None)
    graph = open_named(arch).graph if isinstance(arch, str) and arch != "-" else None
    names = [] if graph is None else [node.name for node in graph.nodes]
    return [CompletionItem(name) for name in names if name.startswith(word)]


def _kept(context: click.Context, parameter: click.Parameter, value: object) -> None:
    """Keep an option for `opened_with_changes`."""
    context.meta[f"cnncalc.{parameter.name}"] = value


_NETWORK_OPTIONS = (
    click.option("--input", "input_", metavar="SHAPE", multiple=True,
                 help="Replace the input's size: 256x256x3, or name=256x256x3."),
    click.option("--set", "set_", metavar="LAYER.SETTING=VALUE", multiple=True, expose_value=False, callback=_kept,
                 help="Change a setting: conv2d.padding=same. In Python source, NAME=VALUE sets a variable that comes from data or "
                      "a command line."),
    click.option("--data-format", type=click.Choice(("channels_last", "channels_first")), expose_value=False, callback=_kept,
                 help="Keras's configured data format, for Python source that asks for it."),
    click.option("--training", is_flag=True, expose_value=False, callback=_kept,
                 help="PyTorch source: run the network in training mode, with its auxiliary heads."),
)


set_option = _NETWORK_OPTIONS[1]


def input_option(function: F) -> F:
    """The options of a command that reads networks: what is changed in them, and what is assumed of unknown layers."""
    function = click.option("--assume", metavar="NAME=SHAPE", multiple=True, expose_value=False, callback=_assumed,
                            help="Output shape of a Lambda or custom layer: NAME=same or NAME=14x14x64.")(function)
    for option in reversed(_NETWORK_OPTIONS):
        function = option(function)
    return function


def is_source(name: str) -> bool:
    """Whether a name is one of Python source."""
    return ".py" in name or ".ipynb" in name


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


def _assume(name: str, graph: Graph) -> list[SpecError]:
    """Apply the command's assumptions; the errors of those that fit no layer, of one of several networks only warnings."""
    context = click.get_current_context(silent=True)
    words = context.meta.get(ASSUMED) if context is not None else None
    if not words or context is None:
        return []
    from ..tracing import assume

    wrong = assume(graph, words)
    arch = context.params.get("arch")
    if "others" not in context.params and not (isinstance(arch, tuple) and len(arch) > 1):
        return wrong
    for error in wrong:
        say(f"{name}: warning: {error.problem}")
    return []


def _has_one_meaning(source: str, key: str, typed: bytes | None) -> None:
    """Refuse a setting of a layer whose name is a variable of the source too."""
    import re

    from ..errors import CnncalcError, SpecError
    from ..sources.files import read_file

    layer, _, setting = key.rpartition(".")
    match = re.match(r".*?\.(?:py|ipynb)(?=:|$)", source)
    try:
        data = read_file(match[0] if match else source) if typed is None else typed
        text = data.decode("utf-8", "replace")
    except CnncalcError:
        return
    if re.search(rf"^\s*\"?{re.escape(layer.partition('.')[0])}\s*=[^=]", text, re.MULTILINE):
        raise SpecError(f"--set {key} has two meanings", (), f"the setting {setting!r} of the layer {layer!r}, "
                        f"or the attribute {setting!r} of the variable {layer!r} in the source; rename one of them")


def _heeded(opened: Opened) -> Opened:
    """What was opened, with a warning for each option that only source can heed."""
    meta = click.get_current_context().meta
    if meta.get("cnncalc.data_format") and not opened.source:
        opened.warnings.append("--data-format changes nothing here: it is for Python source")
    if meta.get("cnncalc.training") and opened.graph is not None and not (opened.source and opened.graph.framework == "pytorch"):
        opened.warnings.append("--training changes nothing here: it is for PyTorch source")
    return opened


def opened_with_changes(name: str, input: object) -> tuple[Opened, dict[str, object]]:
    """What a file holds, and the settings of its layers to change.

    In Python source, `NAME.ATTR=VALUE` is a setting if NAME is a layer of the network, and a value of the
    source otherwise.
    """
    from ..overrides import assignments
    from ..sources import open_named

    meta = click.get_current_context().meta
    texts = meta.get("cnncalc.set_") or ()
    if not is_source(name) and name != "-":
        if any([is_source(other) for value in click.get_current_context().params.values()
                for other in (value if isinstance(value, tuple) else (value,)) if isinstance(other, str)]):
            texts = tuple([text for text in texts if "." in text.partition("=")[0]])  # the others are values for the source file
        return _heeded(open_named(name)), assignments(texts)
    from ..sources.python.given import Given

    given = Given(input, (), meta.get("cnncalc.data_format"))
    given.assume, given.training = meta.get(ASSUMED) or {}, bool(meta.get("cnncalc.training"))
    given.words, given.batch = meta.get("cnncalc.words") or (), click.get_current_context().params.get("batch")

    def opened(values: tuple[str, ...]) -> Opened:
        given.values = values
        return _heeded(open_named(name, given))

    dotted = tuple([text for text in texts if "." in text.partition("=")[0]])
    found = opened(tuple([text for text in texts if text not in dotted]))
    if not found.source and name == "-":
        return found, assignments(texts)
    layers = {node.name for node in found.graph.nodes} if dotted and found.graph is not None else set()
    own = tuple([text for text in dotted if text.partition("=")[0].rpartition(".")[0].strip() in layers])
    for text in own:
        _has_one_meaning(name, text.partition("=")[0].strip(), given.standard_input)
    if len(own) < len(dotted):
        found = opened(tuple([text for text in texts if text not in own]))
    return found, assignments(own)


batch_option = click.option("--batch", metavar="N", type=click.IntRange(1, 10**9), help="The batch's size.")


def parsed_shapes(words: tuple[str, ...]) -> object:
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


def _shapes_of_source(words: tuple[str, ...]) -> object:
    """The shapes for Python source; None where only PyTorch's reader takes them, such as 35xNx200 or 20:int."""
    try:
        return _plain_shapes(words)
    except click.BadParameter:
        if any([word.count("=") > 1 or not word.strip() for word in words]):
            raise
        return None


def _plain_shapes(words: tuple[str, ...]) -> object:
    from ..sizes import read_sizes

    named = {}
    for word in words:
        name, _, sizes = word.rpartition("=")
        found = read_sizes(sizes)
        shape = [found] if isinstance(found, int) else found
        if not shape or any(isinstance(n, list) or (n is not None and not 0 < n < 10**9) for n in shape):
            raise click.BadParameter(f"{word!r} is not a shape such as 256x256x3", param_hint="--input")
        named[name] = tuple(shape)
    if "" in named:
        if len(named) > 1 or len(words) > 1:
            raise click.BadParameter("several inputs need their names: name=256x256x3", param_hint="--input")
        return named[""]
    return named


def opened_steps(name: str, input: object = None, whole: bool = False) -> tuple[Trace | None, list[CnncalcError]]:
    """The steps of the network that a file or an example describes, as far as it has any, and what is wrong.

    `whole`: also those of a network that can be worked out for a whole batch only.
    Errors have been printed by then.
    """
    from ..advice import notes
    from ..errors import CnncalcError
    from ..tracing import traced

    try:
        opened, changes = opened_with_changes(name, input)
    except CnncalcError as error:
        complain(error)
        return None, list(error)
    for warning in opened.warnings:
        say(f"{name}: warning: {warning}")
    for note in opened.notes:
        say(f"{name}: note: {note}")
    problems = list(opened.errors)
    trace = None
    if opened.graph is not None:
        for note in opened.graph.notes:
            say(note)
        try:
            problems += _assume(name, opened.graph)
            trace = traced(opened.graph, input, changes)
            problems += trace.errors
            if trace.mixed is not None and not whole:
                problems, trace = [*problems, trace.mixed], None
            for advice in notes(trace, input is not None) if trace is not None else ():
                say(str(advice))
        except CnncalcError as error:
            problems += error
    complain(problems)
    return trace, problems


def opened_trace(name: str, input: object = None, out: Output | None = None) -> Trace | None:
    """The steps of a whole network, or None once its errors have been printed: with `out`, in its JSON too."""
    trace, problems = opened_steps(name, input)
    if problems and out is not None and out.format == "json":
        from ..sources.document import first_error
        from ..views.report import failed_report

        out.show(failed_report(click.get_current_context().command.name or "", name, first_error(problems)))
    return None if problems else trace
