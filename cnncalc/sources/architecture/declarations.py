"""What an architecture file declares for all of its layers: framework, data format, defaults, blocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...errors import CnncalcError, Key, SpecError, about, did_you_mean, shown
from ...layers import KINDS, Layer, Shape, kind_named
from ...layers.construct import REFUSED, by_name
from .forms import Form, kind_meant, misspelled
from .problems import Problems
from .scope import SIBLINGS, Path, sort_of

STRUCTURES = ("parallel", "reuse", "model")


class Declarations:
    """The words that the entries of a file can use, and the settings that its layers share."""

    def __init__(self, problems: Problems, around: Declarations | None = None):
        self.problems = problems
        self.framework = "keras"
        self.data_format: str | None = around.data_format if around else None
        self.defaults: dict[str, dict[str, object]] = {word: {**kept} for word, kept in around.defaults.items()} if around else {}
        self.blocks: dict[str, Any] = {**around.blocks} if around else {}
        #: Blocks that are declared and cannot be used; their errors are reported.
        self.unread_blocks: set[str] = {*around.unread_blocks} if around else set()

    def read(self, data: dict[str, object]) -> None:
        """Take what a file says at its top."""
        if "framework" in data:
            self._read_framework(data["framework"])
        if "data_format" in data:
            self._read_data_format(data["data_format"])
        self._read_defaults(data.get("defaults"))
        self._read_blocks(data.get("blocks"))

    def _read_framework(self, value: object) -> None:
        if value in ("keras", "pytorch"):
            self.framework = value
        else:
            self.problems.wrong(f"framework must be 'keras' or 'pytorch' (got {shown(value)})", ("framework",), did_you_mean(value, ("keras", "pytorch")))

    def _read_data_format(self, value: object) -> None:
        if value is None or value in ("channels_last", "channels_first"):
            self.data_format = value
        else:
            self.problems.wrong(f"data_format must be 'channels_last' or 'channels_first' (got {shown(value)})",
                       ("data_format",), did_you_mean(value, ("channels_last", "channels_first")))

    def _read_defaults(self, value: object) -> None:
        if value is None:
            return
        if not isinstance(value, dict):
            self.problems.wrong(f"defaults must be a mapping from layers to settings (got {sort_of(value)})", ("defaults",))
            return
        for word, settings in value.items():
            try:
                kind = self.torch_kind(word) or kind_named(word)
            except SpecError as error:
                self.problems.add(error.under("defaults"))
                continue
            if not isinstance(settings, dict):
                self.problems.wrong(f"the defaults of {word} must be a mapping (got {sort_of(settings)})", ("defaults", word))
                continue
            try:
                given = by_name(kind, settings)[0]
            except SpecError as error:
                self.problems.add(SpecError(about(kind.kind, None, error.problem), ("defaults", word, *error.path), error.hint))
                continue
            kept = self.defaults.setdefault(kind.kind, {})
            for key, item in given.items():
                try:
                    kind.read_setting(key, item)
                    kept[key] = item
                except CnncalcError as errors:
                    for e in errors:
                        if isinstance(e, SpecError):
                            self.problems.add(SpecError(about(kind.kind, None, e.problem), ("defaults", word, *e.path), e.hint))

    def _read_blocks(self, value: object) -> None:
        if value is None:
            return
        if not isinstance(value, dict):
            self.problems.wrong(f"blocks must be a mapping from names to blocks (got {sort_of(value)})", ("blocks",))
            return
        for word, block in value.items():
            path = ("blocks", word)
            if not isinstance(word, str):
                self.problems.wrong(f"a block's name must be a word (got {shown(word)})", (*path[:-1], Key(word)))
                continue
            if word in STRUCTURES or word in SIBLINGS:
                self.problems.wrong(f"a block cannot be called {word!r}", (*path[:-1], Key(word)), "the word is reserved")
                continue
            try:
                kind_named(word)
            except SpecError:
                pass
            else:
                self.problems.wrong(f"a block cannot be called {word!r}", (*path[:-1], Key(word)), "a layer of Keras has that name")
                continue
            self.unread_blocks.add(word)
            if not isinstance(block, dict):
                self.problems.wrong(f"the block {word!r} must be a mapping with 'layers' (got {sort_of(block)})", path)
                continue
            for key in block:
                if key not in ("args", "layers"):
                    self.problems.wrong(f"unknown key {shown(key)}", (*path, Key(key)),
                               did_you_mean(key, ("args", "layers")) or "a block has args, layers")
            if "layers" not in block:
                self.problems.wrong(f"the block {word!r} has no 'layers'", path)
                continue
            arguments = block.get("args")
            if arguments is not None and not isinstance(arguments, dict):
                self.problems.wrong(f"args must be a mapping from names to defaults (got {sort_of(arguments)})", (*path, "args"))
                continue
            for key in arguments or ():
                if not isinstance(key, str) or not key.isidentifier() or key in ("i", "min", "max", "name"):
                    self.problems.wrong(f"an argument cannot be called {shown(key)}", (*path, "args", Key(key)))
            self.blocks[word] = block
            self.unread_blocks.discard(word)

    def torch_kind(self, word: object) -> type[Layer] | None:
        """The module of PyTorch's that a word means where the file is in PyTorch's terms."""
        if self.framework != "pytorch" or not isinstance(word, str):
            return None
        try:
            return KINDS[f"nn.{word}"]
        except KeyError:
            return None

    def kind(self, word: object, value: object = None) -> type[Layer] | None:
        """The layer of this name; `None` for a block or a structure."""
        if word in self.blocks or word in STRUCTURES or word in self.unread_blocks:
            return None
        try:
            return self.torch_kind(word) or kind_named(word, not self.problems.many, value)
        except SpecError as error:
            if self.problems.many:
                raise
            near = did_you_mean(word, [*self.blocks, *STRUCTURES])
            raise SpecError(error.problem, error.path, error.hint or near) from None

    def kind_of(self, form: Form, path: Path, shape: Callable[[], Shape | None]) -> type[Layer]:
        """The kind of an entry's layer on an input of this shape; a word that is read in place of its name is noted."""
        known = self.torch_kind(form.word) if self.framework == "pytorch" else None
        if known is None and isinstance(form.word, str):
            known = KINDS.get(form.word)
        if known is not None:
            return known
        try:
            kind = self.kind(form.word, form.value)
            assert kind is not None
            return kind
        except SpecError:
            entry = form.word if form.value is None else {form.word: form.value}
            cause = misspelled(entry) if isinstance(form.word, str) and form.word_at is None else None
            if self.problems.many or form.word in REFUSED:
                raise
            if cause is not None:
                raise SpecError(cause.problem, (Key(form.word),), cause.hint) from None
            try:
                kind = kind_meant(form.word, form.value, shape)
            except SpecError as error:
                near = did_you_mean(form.word, [*self.blocks, *STRUCTURES])
                raise SpecError(error.problem, error.path, error.hint or near) from None
        place = form.word_at if form.word_at is not None else (Key(form.word),)
        self.problems.note(f"{shown(form.word)} is read as {kind.kind}", (*path, *place))
        return kind

    def defaults_of(self, kind: type[Layer]) -> dict[str, object] | None:
        """What the file says of every layer of this kind."""
        defaults = self.defaults.get(kind.kind)
        if self.data_format is not None and "data_format" in kind.settings:
            return {"data_format": self.data_format, **(defaults or {})}
        return defaults
