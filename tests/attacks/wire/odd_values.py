# tries: answer with values of every shape but the right one
# earns: 0
odd = rotated(
    [
        ["m", -1], ["m", "x"], ["m"], ["m", 10**30], ["m", []], ["m", True], ["t", 10**9],
        ["t", -1], ["t"], ["a", 5], ["a", -1], ["a", "x"], ["p", 0], ["p", []], ["f", [], {}, 0],
        ["f", 3, "print", [["a", 99, []]]], ["i", 3, "x", 2**70], ["x"], ["z", 1], [[], 1],
        ["d", [["l"], 1]], ["d", 5], ["d", ["a", ["d"], 3]], ["y", ["float32"]], ["y", "qint8"],
        {"a": 1}, [], ["s", 1], ["c", 1], ["c", 1, 2, "module", [["a", 99, []]]], ["e", 1],
        ["c", 7, "class", "module", [["self", 4, []], ["self", 4, []]]], ["T", ["T", ["q"]]],
        "text", 5, 1e308, True, None,
    ]
)  # fmt: skip
turn = itertools.count()
serve(
    lambda request: {"value": next(odd)},
    lambda request: {"value": next(odd)} if next(turn) % 3 == 0 else {},
    lambda request: {"value": next(odd)},
)
