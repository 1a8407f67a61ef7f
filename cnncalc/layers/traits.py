"""What a kind of layer says of itself, beside its settings and rules: the answers to what others ask of every layer."""

from __future__ import annotations

from typing import ClassVar


class Traits:
    """The usual answers; a kind states those in which it differs."""

    kind: ClassVar[str] = ""
    #: The class name that Keras prints.
    keras_class: ClassVar[str] = ""
    rank: ClassVar[int | None] = None
    #: The framework in whose terms it is shown.
    framework: ClassVar[str] = "keras"
    #: A constant that others read, without a row of its own; and a module that is built and never called.
    hidden: ClassVar[bool] = False
    unused: ClassVar[bool] = False
    #: The other names that Keras has for it.
    aliases: ClassVar[tuple[str, ...]] = ()
    #: How many inputs it takes: at least, at most (`None`: any number).
    arity: tuple[int, int | None] = (1, 1)
    #: Whether its outputs and weights are known, but not how they are computed: neither multiply-adds nor fields.
    own_code: ClassVar[bool] = False
    #: A sentence that its working needs, and needs always.
    remark: ClassVar[str | None] = None
    #: Not in Keras 3: the word to say about it in notes.
    not_keras: ClassVar[str | None] = None
    #: The settings that stand first, where Keras's order is not that of the class bodies.
    order: ClassVar[tuple[str, ...]] = ()
    #: Settings that change no number, behind the others in Keras's order.
    kept: ClassVar[tuple[str, ...]] = ()
    #: Classes of Keras for whose automatic names it takes a number: of the layers that it
    #: makes inside, after its own name was given.
    inner_classes: tuple[str, ...] = ()
    #: Whether Keras builds it from other layers, given to it or its own.
    has_layers: ClassVar[bool] = False
    #: Whether freezing it freezes the layers inside; in a file of Keras each of them states that itself.
    freezes: bool = True
    #: Whether it has layers in it that are made, and named, before it.
    names_inside: ClassVar[bool] = False
    #: Whether its settings are always written with their names.
    named_settings: ClassVar[bool] = False
    #: Whether a list in its place is its first setting, not several.
    takes_a_list: ClassVar[bool] = False
    #: How many outputs it has.
    results: int = 1
    #: Whether that is known without an input.
    fixed_results: bool = True
    #: Whether its output can take the memory of its input: as a `view`, or by `overwriting`
    #: it, once nobody else reads it.
    in_place: ClassVar[str | None] = None
    #: Pictures: its color, a key of `drawing.colors.FAMILIES`; and its name, where its class's in words is too long.
    family: ClassVar[str] = "other"
    caption: ClassVar[str] = ""
    #: Pictures: the sign of a merge, such as + (a merge without one is a bar), and whether the layer is drawn as part of its
    #: "input" or of its "reader", where these are no others'.
    sign: ClassVar[str] = ""
    drawn_with: ClassVar[str | None] = None
    #: What each output depends on, where a word says it: "place", the values at its place in
    #: all inputs; "window", those under its window in its own channel; "map", those under its
    #: window in all channels; "all", everything. Other kinds have `reads` of their own.
    sees: ClassVar[str] = ""
    #: Whether each of its outputs can depend on every place of the map.
    sees_the_map: ClassVar[bool] = False
    #: Whether its axis is meant to be that of the channels.
    along_channels: ClassVar[bool] = False
    #: Whether Keras gives it the mask of its only input, and whether its first output has the mask of its first input.
    takes_mask: ClassVar[bool] = False
    keeps_mask: ClassVar[bool] = False
    #: Whether it gives the same values in another shape; and whether the first axis of its input is that of the steps of a sequence.
    reshapes: ClassVar[bool] = False
    in_steps: ClassVar[bool] = False
    #: Whether it is an operation on tensors, `ops.Add`, and not a layer.
    on_tensors: ClassVar[bool] = False
    #: Whether it stands for a function of TensorFlow, whose name and arguments a file has.
    calls_a_function: ClassVar[bool] = False
    #: Whether its rule is about all axes of a tensor, the batch included.
    of_whole_tensors: ClassVar[bool] = False
