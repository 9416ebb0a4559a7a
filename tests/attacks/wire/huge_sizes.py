# tries: announce more bytes than there is memory
# earns: 0
import lmgrade.wire as wire

wire.pack = lambda *args: wire.HEADER.pack(2**32 - 1, 2**63)
