"""Which of a program's modules is the network, what goes into it, and what it does."""

from __future__ import annotations

import ast
from itertools import accumulate
from operator import mul
from time import process_time

from ...analysis import analyse
from ...errors import CnncalcError, SpecError, did_you_mean
from ...graph import Graph, Node
from ...pytorch.base import Spatial
from ...pytorch.conv import Conv2d
from ...pytorch.linear import Linear
from ...pytorch.norm import GroupNorm, LayerNorm
from ...pytorch.shapes import Batch, N, NeedsBatch, Whole, whole
from .candidates import needed
from .classes import Class
from .functions import Function
from .interpreter import Raised, Uncertain, Unknown
from .keras_networks import MOST_TRIED, Finder
from .limits import MOST_STEPS, PATIENCE, Limit
from .scopes import Value
from .torch_modules import call_module, tensors_in
from .torch_objects import Failure, TorchModule
from .torch_session import session
from .torch_tape import Called, Tape

#: The largest batch size that is tried where a network does not run for every one.
MOST_EXAMPLES = 4096
#: Square sizes that are tried where no size is given.
SIZES = (8, 32, 28, 224, 64, 299, 256, 128, 227, 331, 84, 96, 300, 48, 112, 160, 192, 240, 384, 416, 448, 512, 14, 16, 40, 56, 100, 105, 150, 200)
#: The batch size where the program asks for a number.
EXAMPLES = 2
#: Seconds of computing that may be spent on finding an input size that works.
LONGEST_SEARCH = 0.6


class Given:
    """An input's shape as the reader gives it: the batch where N is, or first; whole numbers if it says so."""

    def __init__(self, sizes: tuple[int | None, ...], integers: bool = False, place: int = 0):
        self.sizes, self.integers, self.place = sizes, integers, place

    def shape(self, batch: int | None) -> Whole:
        """The whole shape."""
        return Whole((*self.sizes[:self.place], Batch(1, batch), *self.sizes[self.place:]))


class TorchFinder(Finder):
    """A program that uses PyTorch."""

    def variables(self) -> dict[str, object]:
        found: dict[str, object] = {}
        seen: set[int] = set()
        for name, value in self.program.scope.names.items():
            if isinstance(value, TorchModule) and id(value) not in seen and not name.startswith("_") and self.is_whole(value):
                seen.add(id(value))
                found[name] = value
        return found

    def is_whole(self, value: TorchModule) -> bool:
        """Whether a module may be a network: not a single layer or a loss."""
        return value.layer is None

    def not_inside_others(self, found: dict[str, Value]) -> dict[str, object]:
        inside = {id(m) for module in found.values() for _, m in module.named_modules() if m is not module}
        left = {word: module for word, module in found.items() if id(module) not in inside}
        return left or found

    def builders(self) -> dict[str, object]:
        names = self.program.scope.names
        own = {name: value for name, value in names.items() if isinstance(value, (Function, Class)) and not name.startswith("__")}
        used: set[str] = set()
        for name, value in own.items():
            if value.node is not None:
                used |= {node.id for node in ast.walk(value.node) if isinstance(node, ast.Name) and node.id != name}
        found: dict[str, object] = {}
        tried = 0
        for name, value in own.items():
            if name in used or not self.may_build(value) or needed(value) or tried >= MOST_TRIED:
                continue
            tried += 1
            self.run.patience = 40_000
            try:
                made = self.run.call(value, [], {})
            except (Raised, Limit, Uncertain, RecursionError, SpecError):
                continue
            if isinstance(made, TorchModule):
                found[f"{name}()"] = made
        return found

    def may_build(self, value: Value) -> bool:
        if isinstance(value, Class):
            return value.node is not None and session(self.run).classes.get("Module") in value.mro
        return isinstance(value, Function) and any(isinstance(node, ast.Return) and node.value is not None for node in ast.walk(value.node))

    def buildable(self, value: Value) -> bool:
        return self.may_build(value) if isinstance(value, Class) else False

    def broken(self) -> tuple[Graph | None, list[CnncalcError]] | None:
        for name in ("model", "net", "network", *self.program.scope.names):
            value = self.program.scope.names.get(name)
            if isinstance(value, Unknown) and value.raised is not None and isinstance(value.raised.failure, Failure):
                return self.failed(value.raised)
        return None

    # Errors.

    def failed(self, error: Raised) -> tuple[Graph | None, list[CnncalcError]]:
        """What is shown of an exception while a module was built or ran."""
        failure = error.failure
        if isinstance(failure, Unknown):
            return self.of_unknown(failure, "the network")
        place = error.place
        if isinstance(failure, Failure):
            module = failure.module
            problem = failure.error.problem
            if module is not None:
                joint = " " if problem.startswith(("has ", "needs ", "takes ")) else ": "
                problem = f"{module.cls.name}{joint}{problem}"
            spec = SpecError(problem, (), failure.error.hint)
            return None, [Called(failure.place, None if failure.building or module is None else module.place, failure.stack).place(spec)]
        spec = SpecError(str(error), (place,) if place is not None else ())
        spec = Called(place, None, list(getattr(error, "stack", ()))).place(spec)
        if spec.document is None:
            spec.document = self.text
        return None, [spec]

    # From a value to a graph.

    def graph(self, value: Value, word: str) -> tuple[Graph | None, list[CnncalcError]]:
        if isinstance(value, Unknown):
            return self.of_unknown(value, word)
        if isinstance(value, (Class, Function)) and not needed(value):
            value = self.run.call(value, [], {})
        if not isinstance(value, TorchModule):
            raise self.text.wrong(f"{word} gives {self.run.type_name(value)!r}, not a module", None, self.listing())
        given = self.inputs(value)
        if isinstance(given, SpecError):
            raise given
        graph, errors, tape = self.trace(value, word, given, self.program.given.batch)
        if tape.failed and graph is not None and self.program.given.batch is None:
            for batch in _batches(graph, tape.last):
                other = self.trace(value, word, given, batch)
                if not other[1] and not other[2].failed:
                    graph, errors, tape = other
                    self.note(f"the network does not run for every batch size: shown for a batch of {batch}; --batch gives another")
                    break
        for missing in dict.fromkeys(session(self.run).uncounted):
            self.note(missing)
        if tape.numbered is not None:
            self.note(f"the program computes with the batch size{tape.numbered and f', in {tape.numbered}'}: shown for a batch of {EXAMPLES}; --batch gives another")
        if self.program.given.training:
            self.note("in training mode; without --training, the network is evaluated")
        if tape.failed or errors:
            advice = Sizes(self, value, given).advice()
            origin = graph.nodes[tape.last].origin if graph is not None and tape.failed else None
            if isinstance(origin, Called) and graph is not None:
                origin.advice = "\n".join(filter(None, [maker(graph.nodes[tape.last]), advice]))
        return graph, errors

    def trace(self, module: TorchModule, word: str, given: list[Given], batch: int | None) -> tuple[Graph | None, list[CnncalcError], Tape]:
        """What a module does with these inputs."""
        name = module.cls.name if not word.isidentifier() else word
        tape = Tape(module, name)
        at = session(self.run)
        names = self.parameters(module)
        tensors = [tape.input(names[i] if i < len(names) else f"input_{i + 1}", item.shape(batch), "int64" if item.integers else "float32")
                   for i, item in enumerate(given)]
        self.run.patience, self.run.steps = PATIENCE, MOST_STEPS
        before = at.tape
        at.tape, at.depth, at.training, self.run.at = tape, 0, self.program.given.training, None
        try:
            value = call_module(self.run, module, list(tensors), {})
        except Raised as error:
            if tape.failed:
                return tape.graph([], batch), [], tape
            return (tape.graph([], batch) if len(tape.nodes) > len(tensors) else None), self.failed(error)[1], tape
        except Uncertain as unknown:
            return None, self.of_unknown(unknown.value, "a value in forward")[1], tape
        except NeedsBatch as error:
            if batch is None:
                at.tape = before
                graph, errors, tape = self.trace(module, word, given, EXAMPLES)
                tape.numbered = error.place or ""
                return graph, errors, tape
            return None, [error], tape
        except SpecError as error:
            spec = Called(self.run.place(), None, list(self.run.stack)).place(error)
            if spec.document is None:
                spec.document = self.text
            return None, [spec], tape
        finally:
            at.tape = before
        outputs = tensors_in(value)
        if not outputs and isinstance(value, Unknown):
            return None, self.of_unknown(value, "what forward returns")[1], tape
        tape.regrouped = batch is None and any([not t.shape or t.shape[0] != N for t in outputs[:1]])
        return tape.graph(outputs, batch), [], tape

    def parameters(self, module: TorchModule) -> list[str]:
        """The names of forward's parameters, without self."""
        try:
            forward = module.cls.lookup("forward")
        except KeyError:
            return []
        if not isinstance(forward, Function):
            return ["input"]
        args = forward.node.args
        return [arg.arg for arg in (*args.posonlyargs, *args.args)][1:]

    def required(self, module: TorchModule) -> list[str]:
        """The names of forward's parameters that have no default."""
        forward = module.cls.mro and module.cls.lookup("forward")
        left = len(forward.node.args.defaults) if isinstance(forward, Function) else 0
        names = self.parameters(module)
        return names[:len(names) - left] if isinstance(forward, Function) else []

    # Inputs.

    def inputs(self, module: TorchModule) -> list[Given] | SpecError:
        """The inputs of a network: given, from a call in the file, or the only size that fits."""
        if self.program.given.words:
            return self.given(module, self.program.given.words)
        for other, tensors, place in session(self.run).seen:
            if tensors and (other is module or other.cls is module.cls) and place is not None:
                shapes = ", ".join(["x".join(map(str, t.shape[1:])) for t in tensors])
                self.note(f"the input is {shapes}, as in {place}")
                return [Given(tuple(t.shape[1:]), t.dtype == "int64") for t in tensors if t.shape]
        found = self.fitting(module)
        if found is not None:
            self.note(f"the input is {'x'.join(map(str, found.sizes))}: of the usual square sizes the only one that fits")
            return [found]
        return self.text.wrong(f"{module.cls.name} declares no input size", module.place, "--input 3x224x224 gives it (channels, height, width)")

    def note(self, text: str) -> None:
        if text not in self.program.session.notes:
            self.program.session.notes.append(text)

    def given(self, module: TorchModule, words: tuple[str, ...]) -> list[Given]:
        """The inputs of --input, in order or by the names of forward's parameters."""
        from ...pytorch.inputs import parsed  # lazy: only for --input

        names = self.parameters(module)
        ordered: dict[int, Given] = {}
        for i, word in enumerate(words):
            name, _, shape = word.rpartition("=")
            if name and name not in names:
                raise self.text.wrong(f"forward has no input {name!r}", module.place, did_you_mean(name, names) or "inputs: " + ", ".join(names))
            ordered[names.index(name) if name else i] = Given(*parsed(shape))
        missing = [name for i, name in enumerate(self.required(module)) if i not in ordered]
        if missing:
            given = {name: words[0].rpartition("=")[2] for name in self.required(module)}
            sizes = " ".join([f"--input {name}={size}" for name, size in given.items()])
            forward = module.cls.lookup("forward")
            raise self.text.wrong(f"forward takes {len(given)} inputs, and {', '.join(missing)} {'is' if len(missing) == 1 else 'are'} not given",
                                  forward.frame.module.text.place(forward.node), f"one --input for each, in order or by name: {sizes}")
        return [ordered[at] for at in sorted(ordered)]

    def fitting(self, module: TorchModule) -> Given | None:
        """The only square size with which the whole network runs."""
        channels = self.channels(module)
        if channels is None:
            return None
        fits = []
        for size in SIZES:
            given = Given((channels, size, size)) if channels else Given((size,))
            graph, errors, tape = self.trace(module, "network", [given], None)
            if graph is not None and not errors and not tape.failed and not tape.regrouped:
                fits.append(given)
                if len(fits) > 1:
                    return None
        return fits[0] if fits else None

    def channels(self, module: TorchModule) -> int | None:
        """The channels that the first convolution takes."""
        for _, inner in module.named_modules():
            if isinstance(inner.layer, Conv2d):
                return inner.layer.in_channels
            if isinstance(inner.layer, Linear):
                return None
        return None


#: What a layer is built to take, and what it makes.
_TAKES, _MAKES = ("in_channels", "in_features", "num_features", "num_channels"), ("out_channels", "out_features")


def maker(node: Node) -> str:
    """The other end of a mismatch: the layer whose output a failing one was not built for, and its setting that would fit."""
    wanted = next((getattr(node.layer, name) for name in _TAKES if getattr(node.layer, name, None) is not None), None)
    at = node
    while wanted is not None and at.inputs:
        at = at.inputs[0].node
        made = next((name for name in _MAKES if getattr(at.layer, name, None) is not None), None)
        if made is not None:
            built = at.origin.built if isinstance(at.origin, Called) else None
            return f"or {made}={wanted} in {at.name}" + (f" ({built})" if built is not None else "")
        if at.layer is None or (at.layer.sees != "place" and not isinstance(at.layer, (Spatial, GroupNorm, LayerNorm))):
            break
    return ""


def _batches(graph: Graph, last: int) -> list[int]:
    """The batch sizes that a node may ask for which refuses a batch of N: the numbers in its call, their products, and those in the shapes that it reads."""
    node = graph.nodes[last]
    form = getattr(node.layer, "form", None)
    numbers = list(form.args) if form is not None else []
    for value in [n for n in numbers if type(n) in (list, tuple)]:
        numbers += value
    numbers += accumulate([n for n in numbers if type(n) is int], mul)
    for step in analyse(graph).steps:
        if step.node in [ref.node for ref in node.inputs]:
            numbers += [n for shape in step.outputs or () for n in whole(shape)]
    return list(dict.fromkeys([n for n in numbers if type(n) is int and 0 < n <= MOST_EXAMPLES]))


class Sizes:
    """Other sizes of an input with which a network that fails would run, found by trying."""

    def __init__(self, finder: TorchFinder, module: TorchModule, given: list[Given]):
        self.finder, self.module, self.given = finder, module, given
        self.until = process_time() + LONGEST_SEARCH
        self.known: dict[int, bool] = {}

    def advice(self) -> str:
        """What to say about other sizes; nothing if none is found."""
        if len(self.given) != 1 or not self.given[0].sizes or self.given[0].place:
            return ""
        sizes = self.given[0].sizes
        if len(sizes) == 1 and not self.given[0].integers:
            return ""
        n = int(sizes[-1] or 1)
        if self.works(4096 if len(sizes) == 1 else 512) or self.works(4 * n):
            return self.smallest(n)
        for divisor in (2, 4, 8, 16, 32, 64):
            below, above = n // divisor * divisor, -(-n // divisor) * divisor
            if below != n and self.works(above) and (not below or self.works(below)) and self.works(above + divisor):
                near = f"{below} or {above}" if below else str(above)
                return f"sizes that {divisor} divides work: {near}"
        for other in SIZES:
            if self.works(other):
                return f"the whole network runs on an input of {self.shown(other)}"
        return ""

    def smallest(self, n: int) -> str:
        """The smallest size that works, where all above do."""
        low, high = n, 2 * n
        while not self.works(high):
            low, high = high, high * 2
            if high > 4096:
                return ""
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self.works(middle) else (middle, high)
        if not all([self.works(high + k) for k in (1, 2, 3)]):
            return self.multiples(n)
        return f"the whole network runs on inputs of at least {self.shown(high)}"

    def multiples(self, n: int) -> str:
        for divisor in (2, 4, 8, 16, 32, 64):
            below, above = n // divisor * divisor, -(-n // divisor) * divisor
            if below != n and self.works(above) and self.works(above + divisor):
                near = f"{below} or {above}" if below and self.works(below) else str(above)
                return f"sizes that {divisor} divides work: {near}"
        return ""

    def shown(self, n: int) -> str:
        sizes = self.given[0].sizes
        return "x".join([*map(str, sizes[:-2]), str(n), str(n)]) if len(sizes) > 2 else "x".join([*map(str, sizes[:-1]), str(n)])

    def works(self, n: int) -> bool:
        """Whether the whole network runs with this size."""
        if n not in self.known and process_time() < self.until and n > 0:
            sizes = self.given[0].sizes
            other = (*sizes[:-2], n, n) if len(sizes) > 2 else (*sizes[:-1], n)
            graph, errors, tape = self.finder.trace(self.module, "network", [Given(other, self.given[0].integers)], self.finder.program.given.batch)
            self.known[n] = graph is not None and not errors and not tape.failed
        return self.known.get(n, False)
