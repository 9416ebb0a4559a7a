# tries: answer with values of every shape but the right one
# earns: 0
import itertools

import lmgrade.worker as worker

odd = itertools.cycle(
    [
        ["m", -1], ["m", "x"], ["m"], ["c", 1, 2, "module", [["a", 99, []]]], ["t", 10**9],
        ["t", -1], ["a", 5], ["p", 0], ["f", [], {}, 0], ["i", 3, "x", 2**70], ["x"], ["z", 1],
        ["d", [["l"], 1]], ["y", ["float32"]], {"a": 1}, [], ["s", 1], ["c", 1], ["T", ["T", ["q"]]],
        ["c", 7, "class", "module", [["self", 4, []], ["self", 4, []]]], ["m", 10**30],
    ]
)  # fmt: skip
worker.Worker.do_call = lambda *args: next(odd)
