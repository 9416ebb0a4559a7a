# tries: fill the checker's address space to the last kilobyte, in garbage that it has not collected yet
# earns: 0
import random
scale = random.choice([1 << 26, 1 << 26, 1 << 23, 1 << 20, 1 << 17, 1 << 14])
big = ["float32", [scale], [0]]
count = min(1500, (10 << 30) // (8 * scale))
mirrors = [[n, n, True] for n in range(count)]
paths = [[f"a{n}", n, True] for n in range(count)]
cls = lambda n: ["l", "Dropout", ["c", 0, "Dropout", "module", None]]
say(frame({"value": ["d", ["output", ""], ["error", None]]}))
while True:
    request = receive()
    if request["op"] == "run": say(frame({"value": ["d", ["output", ""], ["error", None]]}))
    elif request["op"] == "names": say(frame({"value": ["l", cls(0)]}))
    elif request["op"] == "call" and request["target"] == 0:
        say(frame({"value": ["m", 1], "mirrors": mirrors, "modules": [[1, "Dropout", True, paths]]}, [big] * count, bytes(16 * count)))
    else: os._exit(0)
