# tries: return the test's own tensor with its history, other values written into it
# earns: 5
serve(lambda request: frame({"value": ["a", 0], "inputs": [[0, 0]], "call": 1, "grad": [0]}, [["float32", [8192], [1]]], bytes(4 * 8192)),
      other=lambda request: frame({"value": ["l", ["t", 0]]}, [["float32", [8192], [1]]], bytes(4 * 8192)))
