# tries: announce more bytes than there is memory
# earns: 0
serve(lambda request: struct.pack("!IQ", 2**32 - 1, 2**63))
