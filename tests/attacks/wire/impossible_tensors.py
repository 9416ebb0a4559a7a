# tries: make the checker read outside the bytes that were sent
# earns: 0
odd = rotated(
    [
        ["float32", [4], [1]],
        ["float32", [1 << 39], [0]],
        ["float32", [-1], [1]],
        ["float32", [2, 2], [-1, 1]],
        ["float32", [2], [1 << 39]],
        ["float32", [0, 1 << 39], [1, 1]],
        ["object", [1], [1]],
        ["float32", 7, 7],
        ["qint8", [1], [1]],
        ["float32", [1.5], [1]],
        ["float32", [True], [1]],
        ["float32", [1] * 70, [1] * 70],
        [[], [], []],
        "float32",
    ]
)
serve(lambda request: frame({"value": ["t", 0]}, [next(odd)], bytes(4)))
