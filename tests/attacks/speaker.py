"""What an attacker would write first: a worker of one's own, which speaks the protocol by itself.

This text is put in front of the attacks in `wire/`. They depend on the form of frames alone, not
on how the real worker is written.
"""

import itertools
import json
import os
import struct
import time  # noqa: F401 (for what follows)


def read(size):
    data = b""
    while len(data) < size:
        data += os.read(3, size - len(data)) or os._exit(0)
    return data


def receive():
    text, data = struct.unpack("!IQ", read(12))
    tree = json.loads(read(text))[0]
    read(data)
    return tree


def frame(tree, metas=(), data=b""):
    text = json.dumps([tree, metas]).encode()
    text += b" " * (-(12 + len(text)) % 16)
    data += bytes(-len(data) % 16)
    return struct.pack("!IQ", len(text), len(data)) + text + data


def say(data):
    while data:
        data = data[os.write(3, data) :]


def rotated(things):
    """All of them again and again; a worker that was replaced begins at START once more."""
    return itertools.islice(itertools.cycle(things), START, None)  # noqa: F821


def serve(forward, made=lambda request: {}, other=lambda request: {"value": ["l"]}):
    """Honest about cells and names; `forward`, `made` and `other` say what comes of calls."""
    say(frame({"value": ["d", ["output", ""], ["error", None]]}))
    while True:
        request = receive()
        if request["op"] == "run":
            answer = {"value": ["d", ["output", ""], ["error", None]]}
        elif request["op"] == "names":
            answer = {"value": ["l", ["l", "Dropout", ["c", 0, "Dropout", "module", None]]]}
        elif request["op"] == "call" and request["target"] == 0:
            answer = {"value": ["m", 1], "modules": [[1, "Dropout", True, []]], **made(request)}
        else:
            answer = (forward if request["op"] == "call" else other)(request)
        say(answer if isinstance(answer, bytes) else frame(answer))
