"""How random networks end: a head that makes a few numbers of a map, or a mistake."""

from __future__ import annotations

from network_entries import Entries, too_big
from network_layers import MERGES

from cnncalc.errors import CnncalcError


class Stop(Exception):
    """A mistake was made: nothing can follow it."""


class Endings(Entries):
    """Heads and mistakes."""

    #: The other inputs, which may still be read.
    others: list

    def head(self) -> None:
        """What makes a vector, or a few numbers at every step, of the map."""
        getattr(self, "head_" + self.pick(flatten=4, pooled=3, steps=3, attention=1.2, nothing=1.5))()

    def head_nothing(self) -> None:
        pass

    def head_flatten(self) -> None:
        self.simple("Flatten", {})
        self.dense()

    def head_pooled(self) -> None:
        rank = len(self.shape) - 1
        if rank in (1, 2, 3):
            self.simple(f"Global{self.rng.choice(('Average', 'Max'))}Pooling{rank}D", {})
        self.dense()

    def dense(self) -> None:
        for _ in range(self.rng.randint(1, 3)):
            if self.chance(0.3):
                self.simple(*self.flat())
            self.simple("Dense", {"units": self.rng.choice((1, 2, 5, 10, 16)),
                                  **({"activation": "relu"} if self.chance(0.3) else {})})
        if self.chance(0.15) and len(self.shape) == 1:
            self.simple("RepeatVector", {"n": self.rng.randint(1, 4)})
            self.recurrent()
        if self.chance(0.2) and self.others and len(self.others[0][1]) == 1:
            here = self.name()
            self.structure([{"Identity": None, "name": here}, {"Concatenate": None, "inputs": [here, "right"]}])

    def head_steps(self) -> None:
        """Places as steps of a sequence."""
        if len(self.shape) > 2:
            last = self.shape[-1]
            if not self.simple("Reshape", {"target_shape": [-1, last if last is not None else 4]}):
                return
            if self.shape[-1] is None:
                return
        elif len(self.shape) == 1 and not self.simple("Reshape", {"target_shape": [-1, 1]}):
            return
        self.recurrent()
        if self.chance(0.4):
            self.recurrent()
        self.simple("Dense", {"units": self.rng.choice((1, 3))})

    def recurrent(self) -> None:
        rng = self.rng
        cell = rng.choice(("SimpleRNN", "LSTM", "GRU"))
        settings: dict = {"units": rng.choice((1, 2, 3, 5))}
        if self.chance(0.5):
            settings["return_sequences"] = True
        if self.chance(0.2):
            settings["use_bias"] = False
        if cell == "GRU" and self.chance(0.3):
            settings["reset_after"] = False
        how = rng.random()
        if how < 0.5:
            self.simple(cell, settings)
        elif how < 0.8:
            both = {"layer": {cell: settings}}
            if self.chance(0.5):
                both["merge_mode"] = rng.choice(("sum", "mul", "ave", "concat"))
            self.simple("Bidirectional", both)
        else:
            self.simple("TimeDistributed", {"layer": rng.choice((
                {"Dense": {"units": 3}}, {"Dropout": {"rate": 0.1}}, "Flatten", {"LayerNormalization": {}},
                {"Dense": {"units": 2, "name": self.name(), "trainable": False}},
            ))})

    def head_attention(self) -> None:
        if len(self.shape) > 2 and not self.simple("Reshape", {"target_shape": [-1, self.shape[-1] or 4]}):
            return
        rng, here = self.rng, self.name()
        word, settings = rng.choice((
            ("Attention", {"use_scale": True}), ("Attention", {}), ("AdditiveAttention", {}),
            ("MultiHeadAttention", {"num_heads": rng.choice((1, 2, 3)), "key_dim": rng.choice((2, 4))}),
            ("MultiHeadAttention", {"num_heads": 2, "key_dim": 3, "value_dim": 2, "output_shape": 5}),
            ("GroupQueryAttention", {"head_dim": 2, "num_query_heads": 4, "num_key_value_heads": 2}),
        ))
        self.structure([{"Identity": None, "name": here},
                        {word: settings or None, "inputs": [here] * rng.choice((2, 2, 3))}])
        if self.chance(0.7):
            self.pointwise()
            self.simple("Flatten", {})
        self.dense()

    def mistake(self) -> None:
        """An entry that does not go, and nothing behind it."""
        getattr(self, "wrong_" + self.pick(window=3, rank=2, groups=1.5, merge=3, reshape=1, reuse=1.5, random=14,
                                           value=2, unknown=1, steps=1))()
        raise Stop

    def wrong_window(self) -> None:
        word = self.rng.choice((f"Conv{self.rank}D", f"MaxPooling{self.rank}D", f"AveragePooling{self.rank}D"))
        size = max([n for n in self.shape if n is not None] or [0]) + self.rng.choice((1, 1, 50))
        settings = {"filters": 2, "kernel_size": size} if word.startswith("Conv") else {"pool_size": size}
        self.entries.append({word: {**settings, "padding": "valid"}})

    def wrong_rank(self) -> None:
        rank = self.rng.choice([r for r in (1, 2, 3) if r != len(self.shape) - 1])
        self.entries.append(self.rng.choice((
            {f"Conv{rank}D": {"filters": 2, "kernel_size": 1, "padding": "same"}},
            {f"MaxPooling{rank}D": {"pool_size": 1, "padding": "valid"}}, f"GlobalMaxPooling{rank}D",
            {f"UpSampling{rank}D": 2}, {f"ZeroPadding{rank}D": 1}, {f"Cropping{rank}D": 0},
        )))

    def wrong_groups(self) -> None:
        self.entries.append({f"Conv{self.rank}D": {"filters": self.rng.choice((7, 14, 5)), "kernel_size": 1, "groups": 7,
                                                   "padding": "valid"}})

    def wrong_merge(self) -> None:
        n = len(self.shape)
        self.entries += [
            {"parallel": [[{"Dense": 3}], [self.rng.choice(({"Dense": 5}, "Flatten", {"Permute": [*range(n, 0, -1)]}))]]},
            self.rng.choice(({"Concatenate": {"axis": self.rng.choice((1, -1, 5))}}, *MERGES, {"Dot": {"axes": 1}})),
        ]

    def wrong_reshape(self) -> None:
        self.entries.append({"Reshape": {"target_shape": self.rng.choice(([7, 11], [-1, 13], [17], [-1, 1, 19]))}})

    def wrong_reuse(self) -> None:
        name = self.name()
        self.entries += [{"Dense": 3, "name": name}, self.rng.choice(({"Dense": 4}, "Flatten", "Identity")),
                         {"reuse": name}]

    def wrong_random(self) -> None:
        """The first random layer that does not go."""
        for _ in range(60):
            word, settings = self.window() if self.chance(0.6) else self.flat()
            try:
                goes = too_big(self.layer(word, settings), self.shape)
            except CnncalcError:
                goes = False
            if not goes and self.goes(word, settings, self.shape) is None:
                self.entries.append({word: settings or None})
                return
        self.wrong_window()

    def wrong_value(self) -> None:
        """A value that no shape would fit."""
        conv, pool = f"Conv{self.rank}D", f"MaxPooling{self.rank}D"
        self.entries.append(self.rng.choice((
            {conv: {"filters": 0, "kernel_size": 1}}, {conv: {"filters": 2, "kernel_size": 0}},
            {conv: {"filters": 2, "kernel_size": [1] * (self.rank + 1)}}, {conv: {"filters": 2, "kernel_size": 1, "strides": -1}},
            {conv: {"filters": 4, "kernel_size": 1, "groups": 3}}, {conv: {"filters": 2, "kernel_size": 1, "padding": "sane"}},
            {pool: {"pool_size": 0}}, {pool: {"pool_size": 2, "padding": "full"}}, {"Dense": 0}, {"Dropout": 1.5},
            {"Activation": "rellu"}, {"Dense": {"units": 3, "size": 4}}, {"BatchNormalization": {"axis": 9}},
            {"LSTM": {"units": 0}}, {"Bidirectional": {"layer": {"Dense": 3}}}, {"Dense": None},
        )))

    def wrong_unknown(self) -> None:
        """A size that must be known."""
        self.entries += [{"Reshape": {"target_shape": [None, 4]}}, "Flatten", {"Dense": 3}]

    def wrong_steps(self) -> None:
        """A recurrent layer on what is no sequence."""
        self.entries += ["Flatten", self.rng.choice(({"LSTM": 3}, {"Bidirectional": {"layer": {"GRU": 2}}},
                                                     {"TimeDistributed": "Flatten"}, {"ConvLSTM2D": [2, 3]}))]
