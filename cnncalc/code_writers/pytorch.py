"""A network as PyTorch code: an nn.Sequential where it is a chain, otherwise a class with `forward`."""

from __future__ import annotations

from ..analysis import Trace
from .blocks import with_blocks
from .keras_to_pytorch import write
from .program import Part, Statement, Value
from .pytorch_helpers import HELPERS
from .text import INDENT, Bracket, Expr, Name, call, class_name, identifier, laid_out
from .to_pytorch import TorchBody, Translation


def pytorch_code(trace: Trace, adapted: bool = False) -> str:
    """The source of a network; SpecErrors for what PyTorch cannot express. `adapted`: its models follow its inputs."""
    if trace.graph.framework == "pytorch":
        from .pytorch_calls import copied  # lazy: only networks of PyTorch's

        return file_text(copied(trace), [])
    translation = Translation(write, adapted)
    translation.network(trace)
    translation.problems.check()
    return file_text(translation.bodies, translation.helpers)


def file_text(bodies: list[TorchBody], helpers: list[str]) -> str:
    """The file: small modules, the models inside, the network, and what it is called with."""
    network = bodies[-1]
    bodies = [one for body in bodies for one in (*_blocks(body, bodies), body)]
    chain = _chain(network)
    classes = [HELPERS[name] for name in helpers]
    classes += ["\n".join(_class(body)) + "\n" for body in (bodies[:-1] if chain is not None else bodies)]
    code = "".join([f"\n\n{text}" for text in classes])
    if chain is not None:
        code += ("\n\n" if classes else "\n") + "\n".join(laid_out(chain, "model = ")) + "\n"
    main = _main(network, chain is None)
    gap = [""] if chain is not None else ["", ""]
    code += "".join([f"{line}\n" for line in [*gap, *main]]) if main else ""
    imports = [line for line, used in (("import torch", "torch."), ("import torch.nn.functional as F", "F."), ("from torch import nn", "nn."))
               if used in code.replace("torch.nn", "")]
    return "\n".join(imports) + "\n" + code


def _blocks(body: TorchBody, bodies: list[TorchBody]) -> list[TorchBody]:
    """The classes of parts of a network that repeat."""
    taken = {other.name for other in bodies}
    names = {part.name for part in body.parts}
    found: list[TorchBody] = []

    def free(word: str) -> str:
        name = base = class_name(word)
        number = 1
        while name in taken:
            number += 1
            name = f"{base}{number}"
        taken.add(name)
        return name

    def made(block: str, stem: str, arguments: list[str], x: Value, outputs: list[Value]) -> Statement:
        return Statement([x], outputs, Part(identifier(stem, "block") if stem else "", call(block, *map(Name, arguments)), not stem))

    for block in with_blocks(body, free, made, True):
        one = TorchBody(block.name)
        one.inputs, one.outputs, one.statements, one.parts = block.body.inputs, block.body.outputs, block.body.statements, block.body.parts
        one.parameters = block.parameters
        found.append(one)
    number = 0
    for part in [statement.part for statement in body.statements if statement.block and statement.part is not None]:
        while not part.name or part.name in names:
            number += 1
            part.name = f"block{number}"
        names.add(part.name)
    return found


def _chain(body: TorchBody) -> Expr | None:
    """The network as an nn.Sequential, if it is one whose modules have no names of their own."""
    if body.frozen or not body.chain() or not all([part.automatic and not part.frozen for part in body.parts]):
        return None
    rows: list[Expr] = []
    for statement in body.statements:
        rows += statement.alone
        statement.alone[0].comments = statement.comments
    return Bracket("nn.Sequential", rows, rows=True)


def _class(body: TorchBody) -> list[str]:
    """The class of a network."""
    words = input_words(body)
    lines = [f"class {body.name}(nn.Module):", f"{INDENT}def __init__({', '.join(['self', *body.parameters])}):", f"{INDENT * 2}super().__init__()"]
    for part in body.parts:
        lines += laid_out(part.made, f"self.{part.name} = ", "", INDENT * 2)
    lines += [f"{INDENT * 2}self.{part.name}.requires_grad_(False)" for part in body.parts if part.frozen]
    lines += ["", f"{INDENT}def forward(self, {', '.join(words)}):"]
    for comments, target, expr in body.lines(words, "self.{}"):
        lines += [f"{INDENT * 2}# {comment}" for comment in comments]
        lines += laid_out(expr, f"{target} = ", "", INDENT * 2)
    names = [body.named[value.tensor] for value in body.outputs]
    return [*lines, f"{INDENT * 2}return {', '.join(names)}"]


def input_words(body: TorchBody) -> list[str]:
    """The parameters of `forward`."""
    if len(body.inputs) == 1:
        return ["x"]
    found: list[str] = []
    for word in body.words:
        name = identifier(word, "input")
        while name in found or name == "self":
            name += "_"
        found.append(name)
    return found


def _main(body: TorchBody, classes: bool) -> list[str]:
    """The call of the network with an input of the right size."""
    if any([None in value.written for value in body.inputs]):
        return []
    lines = ['if __name__ == "__main__":']
    if classes:
        lines.append(f"{INDENT}model = {body.name}()")
    if body.frozen:
        lines.append(f"{INDENT}model.requires_grad_(False)")
    given = [call("torch.zeros", 1, *value.written, **({"dtype": Name(dtype)} if dtype else {}))
             for value, dtype in zip(body.inputs, body.dtypes)]
    shown: Expr = Bracket("model", given)
    if len(body.outputs) == 1:
        return [*lines, *laid_out(Bracket("print", [Name(shown.flat() + ".shape")]), "", "", INDENT)]
    return [*lines, *laid_out(shown, "outputs = ", "", INDENT), f"{INDENT}print([tuple(y.shape) for y in outputs])"]
