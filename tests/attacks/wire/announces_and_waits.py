# tries: announce as much as is allowed, and send nothing
# earns: 0
serve(lambda request: struct.pack("!IQ", 8 << 20, 256 << 20))
