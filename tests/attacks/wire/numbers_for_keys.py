# tries: signatures, class names and defaults that break whoever shows them
# earns: 0
c = ["c", 0, "__class__", "module", [["__init__", 0, [["l"]]], ["*", 2, []]]]
turn = itertools.cycle([c, ["c", 0, "None", "class", [["x", 1, [{"a": 1}]]]], ["c", 0, "A", "module", [["p", 9, []]]], ["c", True, "B", "module", None], ["c", 0, "Dropout", "module", [["p", 1, [float("nan")]]]]])
say(frame({"value": ["d", ["output", "x" * 6000], ["error", {"a": 1}]]}))
while True:
    request = receive()
    if request["op"] == "names": say(frame({"value": ["l", ["l", "Dropout", next(turn)]]}))
    elif request["op"] == "run": say(frame({"value": ["d", ["output", ["l", "x"]], ["error", 5]]}))
    else: say(frame({"value": ["f", 0, "x", None]}))
