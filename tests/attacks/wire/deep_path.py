# tries: let one parameter's path stand for hundred thousands of modules
# earns: 0
path = "a." * 60000 + "w"
params = {"modules": [[1, "Dropout", True, [[path, 0, True]]]], "mirrors": [[0, 0, True]]}
def answer():
    say(frame({"value": ["d", ["output", ""], ["error", None]]}))
    while True:
        r = receive()
        if r["op"] == "run": a = {"value": ["d", ["output", ""], ["error", None]]}
        elif r["op"] == "names": a = {"value": ["l", ["l", "Dropout", ["c", 0, "Dropout", "module", None]]]}
        else: a = {"value": ["m", 1], **params}
        say(frame(a, [["float32", [1], [1]]], b"1234") if "modules" in a else frame(a))
answer()
