# tries: crash the checker with empty tensors of huge shapes, complex and integer parameters, odd strides
# earns: 5
odd = itertools.cycle([
    (["float32", [0, 1 << 39, 1 << 39], [1, 1, 1]], 0), (["float32", [1 << 39, 0], [0, 0]], 0),
    (["complex64", [4], [1]], 32), (["float16", [1] * 16, [1 << 39] * 16], 2), (["bool", [3, 5], [0, 1]], 5),
    (["float64", [2, 2], [1, 1]], 24), (["int64", [1], [0]], 8), (["bfloat16", [], []], 2), (["float32", [0] * 16, [0] * 16], 0),
    (["float32", [1 << 26], [0]], 4), (["float32", [1 << 13, 1 << 13], [0, 0]], 4),
])
def padded(data): return data + bytes(-len(data) % 16)
def forward(request):
    meta, size = next(odd)
    return frame({"value": ["t", 0], "call": 1, "grad": [0], "export": [1], "exports": [[1, 0]], "inputs": [[0, 0]], "measured": [1, "x", None]}, [meta], padded(b"\x7f" * size))
def made(request):
    meta, size = next(odd)
    return {}
serve(forward, made, other=lambda request: frame({"value": ["l", ["t", 0], None]}, [next(odd)[0]], b""))
