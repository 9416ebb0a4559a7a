# tries: send few bytes that stand for as many elements as possible
# earns: 0
huge = ["float64", [1 << 30], [0]]
mirrors = [[0, 0, True], [1, 1, False]]
paths = [["a", 0, True], ["b", 1, False]]
serve(
    lambda request: frame({"value": ["t", 0]}, [huge], bytes(8)),
    lambda request: {"mirrors": mirrors, "modules": [[1, "Dropout", True, paths]]},
    lambda request: frame({"value": ["l", ["t", 0]]}, [huge], bytes(8)),
)
