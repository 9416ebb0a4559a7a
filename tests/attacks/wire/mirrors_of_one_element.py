# tries: exhaust the machine with one small answer whose parameters stand for gigabytes
# earns: 0
big = ["float32", [1 << 26], [0]]
count = 14
mirrors = [[n, n, True] for n in range(count)]
paths = [[f"a{n}", n, True] for n in range(count)]
def made(request):
    return {"mirrors": mirrors, "modules": [[1, "Dropout", True, paths]]}
def call(request):
    if request["op"] == "call" and request["target"] == 0: return None
say(frame({"value": ["d", ["output", ""], ["error", None]]}))
while True:
    request = receive()
    if request["op"] == "run": say(frame({"value": ["d", ["output", ""], ["error", None]]}))
    elif request["op"] == "names": say(frame({"value": ["l", ["l", "Dropout", ["c", 0, "Dropout", "module", None]]]}))
    elif request["op"] == "call" and request["target"] == 0: say(frame({"value": ["m", 1], **made(request)}, [big] * count, bytes(16 * count)))
    else: say(frame({"value": ["l"]}))
