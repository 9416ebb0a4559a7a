# tries: report changes of things that do not exist
# earns: 0
odd = rotated(
    [
        {"modules": [[1, "x", True, [["a" + ".a" * 3000, 0, True]]]]},
        {"modules": [[[], "x", True, []]]},
        {"modules": [[1, "x", True, [["a", 999, True]]]]},
        {"modules": [[1, "x", True, [["forward.x", 0, True]]]], "mirrors": [[0, 0, True]]},
        {"modules": [[1, "x", True, [[5, 0, True]]]]},
        {"modules": [[1, "x", True, 7]]},
        {"modules": 5},
        {"mirrors": [[-1, 0, True]]},
        {"mirrors": [["0", 0, True]]},
        {"mirrors": [[0, 7, True]]},
        {"mirrors": [[0]]},
        {"inputs": [[0, 99]]},
        {"inputs": [[99, 0]]},
        {"exports": [[[], 0]]},
        {"exports": 1},
        {"error": {"types": ["ExceptionGroup"], "message": "x"}},
        {"error": {"types": ["SystemExit", "KeyboardInterrupt"], "message": "x"}},
        {"error": {"types": [[]], "message": {}}},
        {"error": {"types": ["UnicodeDecodeError"]}},
        {"error": 7},
        {"export": ["x"]},
        {"export": [[]]},
        {"lent": [[99, 0]]},
        {"holders": [[0, ["l"]]]},
        {"holders": [[99, 5]]},
        {"call": 1, "grad": ["x"]},
        {"call": [], "grad": [0]},
        {"measured": "x"},
    ]
)
turn = itertools.count()


def forward(request):
    return frame({"value": ["t", 0], **next(odd)}, [["float32", [1], [1]]], bytes(4))


serve(forward, lambda request: next(odd) if next(turn) % 2 else {}, lambda request: next(odd))
