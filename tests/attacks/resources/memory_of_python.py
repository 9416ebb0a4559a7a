# tries: take all memory, in small pieces
# earns: all
hoard = []
while True:
    hoard.append(bytearray(1 << 20))
