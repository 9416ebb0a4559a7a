# tries: describe parameters of complex, integer and empty kinds, tied to each other and to buffers, with odd paths
# earns: 0
odd = itertools.cycle([
    (["complex64", [2], [1]], 16, "a"), (["int64", [2], [1]], 16, "a.b.c"), (["bool", [2], [1]], 2, ""), (["float32", [0, 1 << 39], [1, 1]], 0, "training"),
    (["float32", [4], [1]], 16, "_lmgrade_handle"), (["float32", [4], [1]], 16, "forward"), (["float32", [4], [1]], 16, "." * 50), (["float16", [8], [1]], 16, "__class__"),
])
def padded(data): return data + bytes(-len(data) % 16)
say(frame({"value": ["d", ["output", ""], ["error", None]]}))
while True:
    request = receive()
    if request["op"] == "run": say(frame({"value": ["d", ["output", ""], ["error", None]]}))
    elif request["op"] == "names": say(frame({"value": ["l", ["l", "Dropout", ["c", 0, "Dropout", "module", None]]]}))
    elif request["op"] == "call" and request["target"] == 0:
        meta, size, path = next(odd)
        say(frame({"value": ["m", 1], "mirrors": [[0, 0, True]], "modules": [[1, "Dropout", True, [[path, 0, True], ["buf", 0, False], [path + "x", 0, True]]]]}, [meta], padded(bytes(size))))
    else: say(frame({"value": ["a", 0]}))
