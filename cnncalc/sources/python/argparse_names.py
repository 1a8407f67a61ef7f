"""argparse: the defaults that a parser has, for no command line is read."""

from __future__ import annotations

from .classes import Class, Instance
from .interpreter import Interpreter, Unknown
from .scopes import Value
from .values import Native


def _init(run: Interpreter, self: Instance, *args: Value, **kwargs: Value) -> None:
    self.attrs["_defaults"] = {}


def _argument(run: Interpreter, self: Instance, *names: Value, default: Value = None, action: Value = None, dest: Value = None,
              type: Value = None, required: Value = False, **_: Value) -> None:
    words = [name for name in names if isinstance(name, str)]
    if not words:
        return
    long = next((word for word in words if word.startswith("--")), words[0])
    positional = not long.startswith("-")
    name = dest if isinstance(dest, str) else long.lstrip("-").replace("-", "_")
    if action == "store_true" and default is None:
        default = False
    elif action == "store_false" and default is None:
        default = True
    elif isinstance(default, str) and type is not None and not isinstance(type, Unknown):
        default = run.call(type, [default], {})
    if default is None and (positional or required is True):
        default = run.unknown(f"the argument {words[0]} comes from the command line")
    defaults = self.attrs["_defaults"]
    run.changing(defaults)
    defaults[name] = default


def _group(run: Interpreter, self: Instance, *_: Value, **__: Value) -> Value:
    return self


def _set_defaults(run: Interpreter, self: Instance, **defaults: Value) -> None:
    run.changing(self.attrs["_defaults"])
    self.attrs["_defaults"].update(defaults)


def _parsed(run: Interpreter, self: Instance, *_: Value, **__: Value) -> Value:
    made = Instance(NAMESPACE)
    made.attrs.update(self.attrs["_defaults"])
    return made


def _parsed_known(run: Interpreter, self: Instance, *_: Value, **__: Value) -> Value:
    return (_parsed(run, self), [])


def _namespace(run: Interpreter, self: Instance, **values: Value) -> None:
    self.attrs.update(values)


def _item(run: Interpreter, self: Instance, name: Value) -> Value:
    return self.attrs.get(name) if isinstance(name, str) else None


NAMESPACE = Class("Namespace", (), {"__init__": Native("__init__", _namespace)})
PARSER = Class("ArgumentParser", (), {
    "__init__": Native("__init__", _init), "add_argument": Native("add_argument", _argument),
    "add_argument_group": Native("add_argument_group", _group), "add_mutually_exclusive_group": Native("group", _group),
    "set_defaults": Native("set_defaults", _set_defaults), "parse_args": Native("parse_args", _parsed),
    "parse_known_args": Native("parse_known_args", _parsed_known), "print_help": Native("print_help", lambda run, self: None)})
ARGPARSE: dict[str, Value] = {"ArgumentParser": PARSER, "Namespace": NAMESPACE, "FileType": Native("FileType", lambda run, *_: None),
                              "ArgumentDefaultsHelpFormatter": Class("ArgumentDefaultsHelpFormatter"),
                              "RawTextHelpFormatter": Class("RawTextHelpFormatter")}
