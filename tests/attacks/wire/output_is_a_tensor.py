# tries: give a tensor of 16 axes as a cell's output, whose text takes hours to make
# earns: 0
say(frame({"value": ["d", ["output", ["t", 0]], ["error", None]]}, [["float32", [3] * 16, [0] * 16]], bytes(4)))
time.sleep(1000)
