"""What a file must not say: each is refused with its place, what is wrong, and what would mend it.

The answers stand in golden/refusals.txt, each under the name of its row; to write them anew after reading what changed:

    python tests/sources/architecture/test_refusals.py
"""

from __future__ import annotations

from pathlib import Path

import pytest
from running import TESTS, cnncalc

GOLDEN = TESTS / "golden" / "refusals.txt"
REFUSED = {
    'name a list': 'name: [a]\ninput: [8]\nlayers: [Flatten]\n',
    'name on a layer a list': 'input: [8]\nlayers:\n  - Dense: 3\n    name: [a]\n',
    'sequential of branches': 'input: [8]\nsequential: true\nlayers:\n  - parallel: [[ReLU], []]\n  - Add\n',
    'sequential a word': 'input: [8]\nsequential: maybe\nlayers: [Flatten]\n',
    'sequential of two inputs': 'input: {a: [8], b: [8]}\nsequential: true\nlayers:\n  - Add: {}\n    inputs: [a, b]\n',
    'data_format misspelt': 'input: [8]\ndata_format: first\nlayers: [Flatten]\n',
    'defaults a list': 'input: [8]\ndefaults: [Dense]\nlayers: [Flatten]\n',
    'defaults of a layer a list': 'input: [8]\ndefaults: {Dense: 3}\nlayers: [Flatten]\n',
    'defaults of the wrong type': 'input: [8]\ndefaults: {Dense: {use_bias: maybe}}\nlayers: [Flatten]\n',
    'defaults of an unknown setting': 'input: [8]\ndefaults: {Dense: {use_bais: true}}\nlayers: [Flatten]\n',
    'blocks a list': 'input: [8]\nblocks: [b]\nlayers: [Flatten]\n',
    "a block's name a number": 'input: [8]\nblocks: {3: {layers: [Flatten]}}\nlayers: [Flatten]\n',
    'a block called as a word of ours': 'input: [8]\nblocks: {parallel: {layers: [Flatten]}}\nlayers: [Flatten]\n',
    'a block called as a layer': 'input: [8]\nblocks: {Dense: {layers: [Flatten]}}\nlayers: [Flatten]\n',
    'a block that is a list': 'input: [8]\nblocks: {b: [Flatten]}\nlayers: [b]\n',
    "a block's args a list": 'input: [8]\nblocks: {b: {args: [f], layers: [Flatten]}}\nlayers: [b]\n',
    'input an empty mapping': 'input: {}\nlayers: [Flatten]\n',
    'input a word': 'input: large\nlayers: [Flatten]\n',
    'input with an unknown key': 'input: {shape: [8], dtpe: int32}\nlayers: [Flatten]\n',
    'inputs of nothing': 'input: [8]\nlayers:\n  - Dense: 3\n    inputs: []\n',
    'an output that is not there': 'input: [8]\nlayers:\n  - Dense: 3\n  - Dense: 3\n    inputs: dense:1\n',
    'name used twice by reuse': 'input: [8]\nlayers:\n  - Dense: 8\n    name: a\n  - reuse: a\n    name: a\n',
    'parallel a word': 'input: [8]\nlayers:\n  - parallel: a\n  - Add\n',
    'parallel of one branch': 'input: [8]\nlayers:\n  - parallel: [[ReLU]]\n  - Add\n',
    'parallel then a layer of one input': 'input: [8]\nlayers:\n  - parallel: [[ReLU], []]\n  - Dense: 3\n',
    'reuse a list': 'input: [8]\nlayers:\n  - Dense: 8\n    name: a\n  - reuse: [a]\n',
    'reuse of nothing known': 'input: [8]\nlayers:\n  - Dense: 8\n    name: conv1\n  - reuse: conv2\n',
    'reuse of an input': 'input: [8]\nlayers:\n  - reuse: input\n',
    'model a list': 'input: [8]\nlayers:\n  - model: [a]\n',
    'model without layers': 'input: [8]\nlayers:\n  - model: {input: [8]}\n',
    'a tag of its own': 'input: [8]\nlayers: [!mine Flatten]\n',
    'a key that is an alias of a list': 'input: &a [8]\nlayers: [Flatten]\n*a : 3\n',
    'the same sibling twice': 'input: [8]\nlayers:\n  - {Dense: {units: 3, name: a}, name: b}\n',
    'a layer with a number for a name': 'input: [8]\nlayers:\n  - 3: {units: 3}\n',
    'an input by number': 'input: [8]\nlayers:\n  - {Dense: 3, inputs: [3]}\n',
    'one of two inputs by a number': 'input: {a: [8], b: [8]}\nlayers:\n  - {Add: , inputs: [a, 3]}\n',
    'a block with trainable': 'input: [8]\nblocks: {b: {layers: [Flatten]}}\nlayers:\n  - {b: , trainable: false}\n',
    'blocks in blocks without end': 'input: [8]\nblocks:\n  b0: {layers: [Flatten]}\n' + "".join(
        f'  b{i}: {{layers: [b{i - 1}]}}\n' for i in range(1, 60)) + 'layers: [b59]\n',
    'too many arguments of a block': 'input: [8]\nblocks: {b: {args: {f: 3}, layers: [Dense: "=f"]}}\nlayers:\n  - b: [3, 4]\n',
    'a default that is no formula': 'input: [8]\nblocks: {b: {args: {f: 3, g: "=f *"}, layers: [Dense: "=g"]}}\nlayers:\n  - b: 3\n',
    'models in models without end': 'input: [8]\nlayers:\n  - ' + 'model: {input: [8], layers: [' * 40 + 'Flatten' + ']}' * 40 + '\n',
    'a model inside that is wrong': 'input: [8]\nlayers:\n  - model: {input: [8], layers: [Dnse: 3]}\n',
    'a formula of many letters': f'input: [8]\nlayers:\n  - Dense: "={"1+" * 600}1"\n',
    'a formula of many brackets': f'input: [8]\nlayers:\n  - Dense: "={"(" * 70}1{")" * 70}"\n',
    'a formula of many powers': f'input: [8]\nlayers:\n  - Dense: "={"2**" * 70}1"\n',
    'a formula with a long number': f'input: [8]\nlayers:\n  - Dense: "={"1" * 30}"\n',
    'a formula without its bracket': 'input: [8]\nlayers:\n  - Dense: "=min(1, 2"\n',
    'a formula in braces that is not closed': 'input: [8]\nlayers:\n  - Dense: {units: =min(1, 2}\n',
    'a formula with too large a power': 'input: [8]\nlayers:\n  - Dense: "=3 ** 3 ** 9"\n',
    'a formula with too large a product': 'input: [8]\nlayers:\n  - Dense: "=2**63 * 2**63 * 2**63"\n',
    'a formula with a name that is a word': 'input: [8]\nblocks: {b: {args: {f: 3}, layers: [Dense: "=f + 1"]}}\nlayers:\n  - b: relu\n',
    'a formula with a negative exponent': 'input: [8]\nlayers:\n  - Dense: "=2 ** -1"\n',
    'a formula that divides by zero': 'input: [8]\nlayers:\n  - Dense: "=2 % 0"\n',
    'a formula that ends': 'input: [8]\nlayers:\n  - Dense: "=2 +"\n',
    'a formula with letters that are none': 'input: [8]\nlayers:\n  - Dense: "=2 ? 3"\n',
    'a formula with too much behind it': 'input: [8]\nlayers:\n  - Dense: "=2 3"\n',
    'a long name': 'input: [8]\nblocks:\n  b: {args: {f: 3}, layers: [{Dense: 3, name: "' + '{f}' * 20 + '"}]}\nlayers:\n  - b: "' + 'x' * 600 + '"\n',
    'a list in a name': 'input: [8]\nblocks: {b: {args: {f: 3}, layers: [{Dense: 3, name: "a{f}"}]}}\nlayers:\n  - b: [[3]]\n',
    'a constant of lists that differ': 'input: [2]\nlayers:\n  - ops.Add: {x2: [[1], [1, 2]]}\n',
    'a constant of very many numbers': 'input: [2]\nlayers:\n  - ops.Add: {x2: [' + ('[' + '1,' * 999 + '1], ') * 40 + ']}\n',
    'axes of many numbers': 'input: [2, 3]\nlayers:\n  - ops.Mean: {axis: [' + '1, ' * 70 + '1]}\n',
    'a letter that is no setting': 'input: [8]\nlayers:\n  - Dense: {k: 3}\n',
    'a setting of a layer that has none': 'input: [8]\nlayers:\n  - Add: {zz: 1}\n',
    'a setting that may be anything is missing': 'input: [8, 3]\nlayers:\n  - ops.Pad\n',
    'a layer inside and one beside it': 'input: [8, 3]\nlayers:\n  - TimeDistributed: {Dense: 3, layer: {Dense: 4}}\n',
    'two layers inside': 'input: [8, 3]\nlayers:\n  - TimeDistributed: {Dense: 3, ReLU: 4}\n',
    'a layer inside by its word with a wrong letter': 'input: [8, 3]\nlayers:\n  - TimeDistributed: {Dense: {k: 4}}\n',
    'a layer inside that is a model': 'input: [8, 3]\nlayers:\n  - TimeDistributed: {Functional: {}}\n',
    'a layer inside with too many settings': 'input: [8, 3]\nlayers:\n  - TimeDistributed: {Dense: [3, relu, true, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]}\n',
    'a layer whose network is elsewhere': 'input: [8]\nlayers:\n  - TFSMLayer: 3\n',
    'inputs among the settings': 'input: {a: [8], b: [8]}\nlayers:\n  - Concatenate: {inputs: [a, b]}\n',
    'repeat a word': 'input: [8]\nlayers:\n  - Dense: 8\n    repeat: often\n',
    'repeat below nothing': 'input: [8]\nlayers:\n  - Dense: 8\n    repeat: -1\n',
    'trainable a word': 'input: [8]\nlayers:\n  - Dense: 8\n    trainable: often\n',
    'an unknown tag': 'input: [8]\nlayers: [!!python/object:os.system Flatten]\n',
    'a key that is a list': 'input: [8]\nlayers:\n  - [a, b]: 3\n',
    'a key that is a mapping': 'input: [8]\n? {a: 1}\n: 3\nlayers: [Flatten]\n',
    'an anchor that is not there': 'input: [8]\nlayers: [*a]\n',
    'a merged list': 'input: [8]\nlayers:\n  - Dense: {<<: [1], units: 3}\n',
    'a tab': 'input: [8]\nlayers:\n\t- Flatten\n',
    'a layer inside that is unknown': 'input: [8, 4]\nlayers:\n  - TimeDistributed: {layer: {Dnse: 3}}\n',
    'a layer inside that is code': 'input: [8, 4]\nlayers:\n  - TimeDistributed: {layer: {Lambda: 3}}\n',
    'a model inside by name': 'input: [8, 4]\nlayers:\n  - TimeDistributed: {layer: {model: other.yaml}}\n',
    'an input inside': 'input: [8, 4]\nlayers:\n  - TimeDistributed: {layer: {InputLayer: [4]}}\n',
    'a layer inside with two keys': 'input: [8, 4]\nlayers:\n  - TimeDistributed: {layer: {Dense: 3, ReLU: }}\n',
    'settings for a layer that has none': 'input: [8, 4]\nlayers:\n  - Add: 3\n',
    'too many settings in a list': 'input: [8]\nlayers:\n  - ReLU: [1, 2, 3, 4, 5]\n',
    'a setting by its letter and its name': 'input: [8, 8, 3]\nlayers:\n  - Conv2D: {f: 3, filters: 4, k: 3}\n',
    'a setting that is a number': 'input: [8, 8, 3]\nlayers:\n  - Conv2D: {3: 4}\n',
    'two letters for one': 'input: [8, 8, 3]\nlayers:\n  - MaxPooling2D: {w: 2, k: 2}\n',
    'an entry that is a number': 'input: [8]\nlayers: [3]\n',
    'an entry that is a list': 'input: [8]\nlayers: [[Dense, 3]]\n',
    'an entry of nothing': 'input: [8]\nlayers:\n  -\n',
    'an empty mapping': 'input: [8]\nlayers: [{}]\n',
    'block arguments of the wrong name': 'input: [8]\nblocks: {b: {args: {width: 3}, layers: [{Dense: =width}]}}\nlayers: [{b: {witdh: 4}}]\n',
    'a block argument missing': 'input: [8]\nblocks: {b: {args: {width: null}, layers: [{Dense: =width}]}}\nlayers: [b]\n',
    'a formula that divides by nothing': 'input: [8]\nblocks: {b: {args: {n: 0}, layers: [{Dense: =8//n}]}}\nlayers: [b]\n',
    'a formula with a hole': 'input: [8]\nblocks: {b: {args: {n: 0}, layers: [{Dense: =8+}]}}\nlayers: [b]\n',
    'a formula outside a block': 'input: [8]\nlayers: [{Dense: =units*2}]\n',
    'outputs a number': 'input: [8]\nlayers: [Flatten]\noutputs: 3\n',
    'outputs empty': 'input: [8]\nlayers: [Flatten]\noutputs: []\n',
    'layers a word': 'input: [8]\nlayers: Flatten\n',
    'a document that is a list': '- Flatten\n',
    'a document that is a word': 'Flatten\n',
    "a number with too many digits": "input: [8]\nlayers:\n  - Dense: " + "9" * 5000 + "\n",
}


def answers() -> dict[str, str]:
    found = {}
    for part in GOLDEN.read_text().split("## ")[1:]:
        name, _, text = part.partition("\n")
        found[name] = text
    return found


def answer(text: str, folder: Path) -> tuple[int, str]:
    (folder / "net.yaml").write_text(text)
    run = cnncalc("summary", "net.yaml", cwd=folder)
    return run.code, run.err


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_in_these_words(name, tmp_path):
    code, said = answer(REFUSED[name], tmp_path)
    assert code == 2
    assert said.strip() == answers()[name].strip()


def test_every_answer_has_its_row():
    assert list(answers()) == list(REFUSED)


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        GOLDEN.write_text("".join(f"## {name}\n{answer(text, Path(folder))[1]}\n" for name, text in REFUSED.items()))
