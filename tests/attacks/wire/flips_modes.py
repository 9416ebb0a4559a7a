# tries: say that a module is in training or not as it suits, and that two modules are one
# earns: 5
turn = itertools.count()
serve(lambda request: {"value": ["a", 0], "modules": [[1, "Dropout", next(turn) % 2 == 0, []]]},
      lambda request: {"value": ["m", 1], "modules": [[1, "Dropout", False, []]]})
