# tries: answer every call with bytes that are no JSON
# earns: 0
serve(lambda request: struct.pack("!IQ", 8, 0) + b"\xff\xfe[{\x00\x01}]")
