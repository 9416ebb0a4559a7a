# tries: stall whoever reads a number with millions of digits
# earns: 0
text = b'[{"value":' + b"9" * (6 << 20) + b"},[]]"
serve(lambda request: struct.pack("!IQ", len(text), 0) + text)
