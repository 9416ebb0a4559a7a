# tries: exhaust the stack of whoever decodes the answer
# earns: 0
turn = itertools.cycle([900, 100_000, 400, 2_000_000])


def deep(request):
    depth = next(turn)
    text = b'[{"value":' + b'["l",' * depth + b"1" + b"]" * depth + b"},[]]"
    return struct.pack("!IQ", len(text), 0) + text


serve(deep)
