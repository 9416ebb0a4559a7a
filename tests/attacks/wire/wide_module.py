# tries: describe one module with hundred thousands of names, which every exchange goes through
# earns: 0
ps = [["w%d" % i, 0, True] for i in range(300000)]
def answer():
    say(frame({"value": ["d", ["output", ""], ["error", None]]}))
    while True:
        r = receive()
        if r["op"] == "run": a = {"value": ["d", ["output", ""], ["error", None]]}
        elif r["op"] == "names": a = {"value": ["l", ["l", "Dropout", ["c", 0, "Dropout", "module", None]]]}
        elif r["op"] == "call" and r["target"] == 0: a = {"value": ["m", 1], "modules": [[1, "Dropout", True, ps]], "mirrors": [[0, 0, True]]}
        else: a = {"value": ["a", 0]}
        say(frame(a, [["float32", [1], [1]]], b"1234") if "modules" in a else frame(a))
answer()
