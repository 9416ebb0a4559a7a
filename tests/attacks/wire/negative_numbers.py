# tries: count from the end: arguments, tensors, exports and gradients with negative numbers
# earns: 5
serve(lambda request: frame({"value": ["a", -1], "call": -5, "grad": [-1, 0], "export": [-1], "lent": [[-1, -7]], "exports": [[-7, -1]]}, [["float32", [1], [1]]], bytes(16)),
      other=lambda request: {"value": ["l", ["t", -1]]})
