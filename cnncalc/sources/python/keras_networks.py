"""Which network of Keras a program means, and the size of its input."""

from __future__ import annotations

import ast
from collections.abc import Callable

from ...errors import CnncalcError, SpecError, did_you_mean
from ...graph import Graph, Names
from .candidates import Candidates, call_of, needed, place_of
from .classes import Class, Instance
from .functions import Function
from .interpreter import Raised, Uncertain, Unknown
from .keras_calls import advance, build_sequential, call_layer
from .keras_graph import graph_of, model_graph
from .keras_inputs import input_tensor
from .keras_objects import Call, Failure, Full, KerasLayer, KerasModel, Tensor, session
from .keras_order import calls_between, children
from .limits import MOST_STEPS, PATIENCE, Limit
from .missing import explained, undefined
from .scopes import Frame, ModuleScope, Value
from .text import Place, SourceText, expression
from .values import Method

#: Functions that are tried.
MOST_TRIED = 40


class Finder(Candidates):
    """One program that has been read, and the networks in it."""

    # Which network.

    def of_expression(self, source: str) -> tuple[Graph | None, list[CnncalcError]]:
        """The network that an expression gives."""
        text = SourceText(source, source)
        node: object = None
        try:
            node = expression(text)
        except SpecError as error:
            raise self.text.wrong(f"{source!r} is not a Python expression: {error.problem}", None, "for example model.py:build(28, 28, 1, 10)") from None
        if isinstance(node, ast.Call) or any(isinstance(part, ast.Call) for part in ast.walk(node)):
            self.program.session.names = Names()
        root = node
        while isinstance(root, (ast.Attribute, ast.Subscript, ast.Call)):
            root = root.func if isinstance(root, ast.Call) else root.value
        if isinstance(root, ast.Name) and root.id not in self.program.scope.names and root.id not in self.run.builtins:
            names = [name for name in self.program.scope.names if name != "*"]
            raise self.text.wrong(f"there is no {root.id!r} in the file", None, did_you_mean(root.id, names) or self.listing())
        value = self.evaluated(node, text)
        if isinstance(value, tuple) and len(value) == 2 and value[0] is FAILED:
            return value[1]  # type: ignore[no-any-return]
        if isinstance(value, (Function, Method, Class)):
            missing = needed(value)
            if missing:
                raise self.text.wrong(f"{source} needs {', '.join(missing)}", place_of(value, self.text),
                                      f"for example {self.text.name}:{call_of(source, value)}")
            self.program.session.names = Names()
            value = self.called(lambda: self.run.call(value, [], {}), text)
            if isinstance(value, tuple) and len(value) == 2 and value[0] is FAILED:
                return value[1]  # type: ignore[no-any-return]
        if isinstance(value, (list, tuple)):
            networks = [item for item in value if is_network(item)]
            if len(networks) == 1:
                value = networks[0]
            elif networks:
                raise self.text.wrong(f"{source} gives {len(networks)} networks", None, f"for example {source}[{list(value).index(networks[0])}]")
        return self.graph(value, source)

    def evaluated(self, node: ast.expr, text: SourceText) -> Value:
        scope = ModuleScope("__main__", text, self.program.scope.names)
        frame = Frame(scope, scope.names)
        before, self.run.frame = self.run.frame, frame
        try:
            return self.called(lambda: self.run.evaluate(node, frame), text)
        finally:
            self.run.frame = before

    def called(self, work: Callable[[], Value], text: SourceText) -> Value:
        """The value of a call, or what is wrong with it."""
        self.run.patience, self.run.steps = PATIENCE, max(self.run.steps, MOST_STEPS // 2)
        before = self.program.scope.text
        try:
            return work()
        except Raised as error:
            return (FAILED, self.failed(error))
        except Uncertain as unknown:
            return unknown.value
        except Limit as error:
            return (FAILED, (None, [self.text.wrong(f"{text.name}: {error}")]))
        finally:
            self.program.scope.text = before

    def only(self) -> tuple[Graph | None, list[CnncalcError]]:
        """The network of a program that has one."""
        variables = self.variables()
        whole = self.not_inside_others(variables)
        if len(whole) == 1:
            return self.graph(next(iter(whole.values())), next(iter(whole)))
        if whole:
            raise self.several(whole)
        broken = self.broken()
        builders = self.builders()
        if len(builders) == 1:
            word, value = next(iter(builders.items()))
            self.program.session.notes.append(f"the network of {word}")
            return self.graph(value, word)
        if broken is not None and not builders:
            return broken
        if builders:
            raise self.several(builders)
        made = [model for model in self.program.session.models if is_network(model)]
        made = list(self.not_inside_others({str(i): model for i, model in enumerate(made)}).values())
        if len(made) == 1 and not broken:
            place = made[0].place
            self.program.session.notes.append(f"the network made in {place}" if place is not None else "the network made in a function")
            return self.graph(made[0], made[0].name)
        last = self.last_tensor() if not broken else None
        if last is not None:
            self.program.session.notes.append(f"the file makes no Model: this is the network from the inputs to {last[0]!r}")
            return self.graph(last[1], last[0])
        raise self.none()

    def last_tensor(self) -> tuple[str, Tensor] | None:
        """The only variable with a tensor that no other variable's tensor is worked out from."""
        held = {name: value for name, value in self.program.scope.names.items() if isinstance(value, Tensor) and value.call_ is not None and value.call_.inputs}
        before = {id(t) for value in held.values() for call in calls_between([], [value], True) for t in call.inputs}
        ends = {id(value): (name, value) for name, value in held.items() if id(value) not in before}
        return next(iter(ends.values())) if len(ends) == 1 else None

    def variables(self) -> dict[str, object]:
        """The networks held in variables of the module, or in attributes of what they hold, each once."""
        found: dict[str, object] = {}
        seen: set[int] = set()
        for depth in (0, 1):
            for name, value in self.program.scope.names.items():
                held = {name: value} if depth == 0 else {
                    f"{name}.{word}": item for word, item in value.attrs.items()} if type(value) is Instance else {}
                for word, item in held.items():
                    if isinstance(item, KerasModel) and is_network(item) and id(item) not in seen and not word.startswith("_"):
                        seen.add(id(item))
                        found[word] = item
        return found

    def not_inside_others(self, found: dict[str, Value]) -> dict[str, Value]:
        """Networks that are no part of another one."""
        inside: set[int] = set()
        numbers = {id(model): self.numbers(model) for model in found.values()}
        for model in found.values():
            inside |= self.parts(model)
            for other in found.values():
                own, its = numbers[id(model)], numbers[id(other)]
                if other is not model and its and (its < own or (getattr(other, "application", False) and not getattr(model, "application", False) and its & own)):
                    inside.add(id(other))  # all of it, or what a new head was put on
        left = {word: model for word, model in found.items() if id(model) not in inside}
        return left or found

    def numbers(self, model: KerasModel) -> set[int]:
        if model.functional and model.inputs is not None:
            return {call.number for call in calls_between(model.inputs, model.outputs, True) if call.layer is None or call.layer.kind is None or call.inputs}
        return set()

    def parts(self, model: KerasLayer, depth: int = 0) -> set[int]:
        """The models that stand inside a model."""
        found: set[int] = set()
        for layer in children(self.run, model) if depth < 20 else ():
            if isinstance(layer, KerasModel):
                found |= {id(layer)} | self.parts(layer, depth + 1)
        return found

    def builders(self) -> dict[str, object]:
        """What the file's own classes and functions build that need no arguments and that no other uses."""
        names = self.program.scope.names
        own = {name: value for name, value in names.items() if isinstance(value, (Function, Class)) and not name.startswith("__")}
        used: set[str] = set()
        for name, value in own.items():
            if isinstance(value, Function) or (isinstance(value, Class) and value.node is not None):
                used |= {node.id for node in ast.walk(value.node) if isinstance(node, ast.Name) and node.id != name}  # type: ignore[arg-type]
        found: dict[str, object] = {}
        tried = 0
        for name, value in own.items():
            if name in used or not (self.may_build(value) or self.holds_networks(value)) or needed(value) or tried >= MOST_TRIED:
                continue
            tried += 1
            self.program.session.names = Names()
            self.run.patience = 40_000
            try:
                made = self.run.call(value, [], {})
            except (Raised, Limit, Uncertain, RecursionError):
                continue
            made = next((item for item in made if is_network(item)), None) if isinstance(made, (tuple, list)) else made
            if type(made) is Instance:
                held = {word: item for word, item in made.attrs.items() if is_network(item)}
                found.update({f"{name}().{word}": item for word, item in self.not_inside_others(held).items()})
                continue
            if is_network(made) and isinstance(made, KerasModel):
                found[f"{name}()"] = made
        return found

    # Errors.

    def none(self) -> SpecError:
        listing = self.listing()
        for value in self.program.scope.names.values():
            if isinstance(value, Unknown) and value.raised is not None and value.raised.failure is not None:
                _, errors = self.of_unknown(value, value.name or "the network")
                first = errors[0] if errors else None
                if isinstance(first, SpecError):
                    return first
        if listing:
            return self.text.wrong("the file builds no network by itself: name one, with its arguments", None, listing)
        for place, why in self.run.skipped:
            remedy = undefined(why, self.known(), place.text.line(place.line) if place is not None else "")
            if remedy is not None:
                return self.text.wrong(why, place, remedy)
        hint = "\n".join([f"{place}: {why}" for place, why in self.run.skipped[:3]]) or self.nothing_like_it()
        return self.text.wrong("no network is found in the file", None, hint)

    def broken(self) -> tuple[Graph | None, list[CnncalcError]] | None:
        """What is wrong with the network that a variable would hold."""
        names = self.program.scope.names
        for name in ("model", "net", "network", *names):
            value = names.get(name)
            if isinstance(value, Unknown) and value.raised is not None and isinstance(value.raised.failure, (Failure, Unknown)):
                return self.of_unknown(value, name)
        for raised in self.program.session.models:
            if isinstance(raised, KerasModel) and raised.broken is not None and not raised.functional and raised.stack is None:
                return self.of_unknown(raised.broken, raised.name)
        return None

    def failed(self, error: Raised) -> tuple[Graph | None, list[CnncalcError]]:
        """What is shown of an exception: the table up to a layer that does not fit, or where it was raised."""
        failure = error.failure
        if isinstance(failure, Failure) and failure.call is not None and any(channels_first(t.shape) for t in sources(failure.call)):
            self.program.session.notes.append("the input looks like channels first: --data-format channels_first")
        if isinstance(failure, Unknown):
            return self.of_unknown(failure, "the network")
        if isinstance(failure, Failure):
            return self.of_failure(failure)
        place = error.place
        spec = SpecError(str(error), (place,) if place is not None else (), error.remedy or undefined(str(error), self.known(), place.text.line(place.line) if place is not None else ""))
        spec.document = place.text if place is not None else self.text
        return None, [spec]

    def of_failure(self, failure: Failure) -> tuple[Graph | None, list[CnncalcError]]:
        if failure.call is not None and failure.layer is not None and failure.layer.problem is None and not failure.layer.custom:
            try:
                return graph_of(self.run, "network", [], [], False, True, failure.call), []
            except CnncalcError:
                pass
        error = failure.error
        if error.document is not None:
            return None, [error]
        lines = [error.hint] if error.hint else []
        place = failure.place
        for outer in reversed(failure.stack[-3:]):
            if outer is not None and (place is None or outer.line != place.line):
                lines.append(f"called from {outer}: {outer.text.line(outer.line).strip()[:100]}")
        spec = SpecError(error.problem, (place,) if place is not None else (), "\n".join(lines) or None)
        spec.document = place.text if place is not None else self.text
        return None, [spec]

    def of_unknown(self, value: Unknown, word: str) -> tuple[Graph | None, list[CnncalcError]]:
        """What is shown of a network that depends on an unknown value."""
        at: Unknown | None = value
        while at is not None:
            if at.raised is not None:
                return self.failed(at.raised)
            at = at.parent
        input_of = value.input_of or value.root().input_of
        setting = "input_shape" if input_of else ""
        return None, [explained(None, f"{word} depends on a value that is not known" if not input_of else f"the size of the input {input_of!r} is not known", value, setting,
                                value.place or Place(self.text))]

    # From a value to a graph.

    def graph(self, value: Value, word: str) -> tuple[Graph | None, list[CnncalcError]]:
        """The graph of a network."""
        if isinstance(value, Unknown):
            return self.of_unknown(value, word)
        if isinstance(value, KerasModel):
            session(self.run).final += 1
            return self.of_model(value)
        if isinstance(value, Tensor) and value.call_ is not None:
            return graph_of(self.run, word, [], [value], False, True), []
        if isinstance(value, KerasLayer):
            return self.of_model(value)
        if type(value) is Instance:
            held = [(name, item) for name, item in value.attrs.items() if isinstance(item, KerasModel)]
            if len(held) == 1:
                return self.graph(held[0][1], f"{word}.{held[0][0]}")
            if held:
                raise self.text.wrong(f"{word} holds {len(held)} networks", None, "\n".join([f"{self.text.name}:{word}.{name}" for name, _ in held]))
        raise self.text.wrong(f"{word} gives {article(self.run.type_name(value))}, not a network", None, self.listing())

    def of_model(self, model: KerasLayer) -> tuple[Graph | None, list[CnncalcError]]:
        if isinstance(model, KerasModel):
            if model.broken is not None:
                return self.of_unknown(model.broken, model.name)
            if model.functional:
                return model_graph(self.run, model), []
            if model.sequential and not model.custom:
                return self.of_sequential(model)
        return self.of_class(model)

    def of_sequential(self, model: KerasModel) -> tuple[Graph | None, list[CnncalcError]]:
        problem = next((layer.problem for layer in model.stack or () if isinstance(layer, KerasLayer) and layer.problem is not None), None)
        try:
            if model.failure is not None:
                raise model.failure
            if model.input_tensor is None:
                shapes = self.shapes_for(model)
                build_sequential(self.run, model, shapes[0])
            elif model.stack is not None and model.called < len(model.stack):
                advance(self.run, model)
        except Raised as error:
            return self.failed(error)
        if problem is not None:
            return None, [problem]
        if model.broken is not None:
            return self.of_unknown(model.broken, model.name)
        if not model.stack:
            raise self.text.wrong(f"the model {model.name!r} has no layers", model.place)
        return model_graph(self.run, model), []

    def shapes_for(self, model: KerasLayer) -> list[Full]:
        """The sizes of the inputs of a model that declares none, the batch in front."""
        given = self.program.given.input
        if given is not None:
            return [(None, *shape) for shape in (given.values() if isinstance(given, dict) else [given])]
        seen = next((item for item in self.program.session.seen if item[0] is model), None)
        if seen is not None:
            shapes = [(None, *shape[1:]) for shape in seen[1]]
            sizes = ", ".join(["x".join("?" if n is None else str(n) for n in shape[1:]) for shape in shapes])
            self.program.session.notes.append(f"the input is {sizes}, as in {seen[2]}")
            return shapes
        raise self.text.wrong(f"the network {model.name!r} declares no input size", model.place, "--input 224x224x3 gives it (height, width, channels)")

    def of_class(self, model: KerasLayer) -> tuple[Graph | None, list[CnncalcError]]:
        """The graph of a model whose `call` is code: what it does with its inputs."""
        from .keras_subclass import graph_of_class  # lazy: few models are of a class

        try:
            shapes = self.shapes_for(model)
            call = next((call for call in model.calls if call.inner is not None and [t.shape[1:] for t in call.inputs] == [shape[1:] for shape in shapes]), None)
            if call is None:
                tensors: list[object] = [input_tensor(self.run, batch_shape=shape) for shape in shapes]
                model.built = False if not model.calls else model.built
                result = call_layer(self.run, model, tensors[0] if len(tensors) == 1 else tensors)
                if isinstance(result, Unknown):
                    return self.of_unknown(result, model.name)
                call = model.calls[-1]
                if call.inner is None:
                    raise self.text.wrong(f"what the network {model.name!r} gives is not a tensor", model.place)
        except Raised as error:
            return self.failed(error)
        except Uncertain as unknown:
            return self.of_unknown(unknown.value, model.name)
        return graph_of_class(self.run, model, call), []


FAILED = object()


def sources(call: Call) -> list[Tensor]:
    """The inputs that a call depends on."""
    calls = calls_between([], call.inputs, True)
    return [t for one in calls if not one.inputs for t in one.outputs]


def channels_first(shape: Full) -> bool:
    """Whether sizes look like those of an image with its channels first."""
    return len(shape) == 4 and shape[1] in (1, 3) and shape[3] not in (1, 3, None)


def article(word: str) -> str:
    return f"an {word}" if word[:1].lower() in "aeiou" else f"a {word}"


def is_network(value: Value) -> bool:
    """Whether a value is a network with something in it."""
    return isinstance(value, KerasModel) and (value.functional or bool(value.stack) or value.custom or value.broken is not None)
