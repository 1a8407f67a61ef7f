"""Source that wants to run, to hang, or to fill the memory: it is read as text, within bounds."""

from __future__ import annotations

import subprocess
import sys

import pytest
from running import measured

#: What would touch the world if it were run.
WANTS_TO_RUN = """
import os, subprocess, sys, socket, ctypes, this, antigravity
__import__('os').system('echo ran')
os.system('echo ran'); subprocess.run(['echo', 'ran']); open('/etc/passwd').read(); open('out.txt', 'w')
exec('import xml'); eval("__import__('xml')"); compile('1', 'x', 'eval')
x = ().__class__.__bases__[0].__subclasses__(); y = (lambda: 0).__code__; z = (lambda: 0).__globals__
w = '{0.__class__.__init__.__globals__}'.format(os)
@os.system
def decorated(): pass
class Meta(type):
    def __new__(cls, *args): os.system('echo ran')
class WithMeta(metaclass=Meta):
    def __getattr__(self, name): return exec
WithMeta().anything('import xml')
getattr(__builtins__, 'exec')('import xml')
[c for c in ().__class__.__base__.__subclasses__()][0]('echo')
import keras
model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
"""
HOSTILE = [
    "a = 10 ** 10 ** 10\nb = 2 ** 100000\nc = 1 << 10 ** 9\nd = 'a' * 10 ** 10\ne = [0] * 10 ** 9",
    "s = 'aa'\nfor i in range(100): s = s + s\nt = 'a'\nfor i in range(60): t = t.replace('a', 'aa')",
    "x = '{:>{n}}'.format(1, n=10 ** 9)\ny = f'{1:>1000000000}'\nz = '%1000000000d' % 1\nw = 'a'.center(10 ** 10)",
    "while True: pass", "def f(n): return f(n + 1)\nf(0)", "f = lambda: f()\nf()",
    "x = [i for i in range(10 ** 9)]\ny = list(range(10 ** 8))\nz = sum(range(10 ** 9))",
    "import itertools\nx = list(itertools.product(range(100), repeat=50))\ny = list(itertools.count())\nz = list(itertools.cycle([1]))",
    "import math\nx = math.factorial(10 ** 7)\ny = math.comb(10 ** 6, 10 ** 5)\nz = int('9' * 100000)\nw = str(2 ** 19000)",
    "def g():\n  while True: yield 1\nx = list(g())\nfor i in g(): pass",
    "l = []\nl.append(l)\nx = str(l)\ny = l == l\na = []\nb = [a]\na.append(b)\nz = a == b\nimport copy\nw = copy.deepcopy(a)",
    "x = " + "(" * 500 + ")" * 500, "x = " + "-" * 50_000 + "1", "x = a" + ".b" * 50_000, "x = a" + "()" * 5_000, "x = 1\0\ny = 2",
    "x = " + "+".join(["1"] * 20_000), "class A: pass\n" + "".join(f"class A{i}(A{i - 1 if i else ''}): pass\n" for i in range(1500)),
    "import foo\nl = list(range(100000))\n" + "".join(f"if foo.x{i}: l.append(1)\nelse: l.append(2)\n" for i in range(1000)),
    "import foo\ndef f(n):\n  if n == 0: return 0\n  return f(n - 1) if foo.a else f(n - 1)\nx = f(60)",
    "import numpy as np\nu = np.ones(10000)\nfor i in range(100000): u = u * 2\nv = np.arange(10 ** 12)\nw = np.zeros((10 ** 9, 10 ** 9))",
    "l = list(range(100000))\nfor i in range(10 ** 6): 5.5 in l", "l = [[0] * 1000] * 1000\nfor i in range(10 ** 6): l == [[0] * 1000] * 1000",
    "import keras\nm = keras.Sequential()\nfor i in range(10 ** 6): m.add(keras.layers.Dense(1))",
    "import keras\nm = keras.applications.VGG19(include_top=False)\nx = keras.Input((9, 9, 3))\nwhile True: m(x)",
    "import keras\nx = keras.Input((3,))\nwhile True: x = keras.layers.Dense(3)(x)",
    "import keras\nm = keras.Sequential([keras.Input((3,))])\nm.add(m)",
    "import keras\nclass L(keras.layers.Layer):\n  def call(self, x): return self(x)\ni = keras.Input((3,))\nm = keras.Model(i, L()(i))",
    "from keras.applications import *\nwhile True: EfficientNetB7()",
]


def test_nothing_of_a_program_is_run_imported_or_opened(tmp_path):
    (tmp_path / "net.py").write_text(WANTS_TO_RUN)
    code = """
import sys
from click.testing import CliRunner
from cnncalc.cli import main
CliRunner().invoke(main, ["summary", sys.argv[1].replace("net.py", "first.py")])
known, seen = set(sys.modules), []
def hook(event, args):
    if event == "open" and isinstance(args[0], int):
        return  # a descriptor that is open already, as Python writes its .pyc files
    if event in ("exec", "os.system", "subprocess.Popen", "socket.connect", "ctypes.dlopen", "open"):
        seen.append((event, str(args[0])))
sys.addaudithook(hook)
result = CliRunner().invoke(main, ["summary", sys.argv[1]])
print(result.exit_code, "Total params: 8" in result.stdout)
for event, what in seen:
    if event == "open" and not what.endswith(("net.py", ".pyc", ".so")) and "site-packages" not in what and "cnncalc" not in what:
        print("opened", what)
    elif event == "exec" and "cnncalc" not in what and "<frozen" not in what and "python3" not in what:
        print("ran", what)
    elif event not in ("open", "exec"):
        print(event, what)
print("loaded", sorted({"xml", "this", "antigravity", "socket", "ctypes"} & (set(sys.modules) - known)))
"""
    (tmp_path / "first.py").write_text("import keras\nm = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])\n")
    result = subprocess.run([sys.executable, "-c", code, str(tmp_path / "net.py")], capture_output=True, text=True, check=False)
    assert result.stdout.splitlines() == ["0 True", "loaded []"], result.stdout + result.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["first.py", "net.py"]


@pytest.mark.oracle
@pytest.mark.parametrize("source", HOSTILE, ids=lambda source: source[:40])
def test_hostile_source_takes_a_second_and_300_megabytes(source, tmp_path):
    (tmp_path / "net.py").write_text(source)
    run = measured("summary", "net.py", cwd=tmp_path)
    assert run.code in (0, 2)
    assert "Traceback" not in run.err
    assert run.megabytes < 300
    assert run.worked < 2  # a second on an idle machine
