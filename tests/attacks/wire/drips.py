# tries: send an answer so slowly that it never ends and never is late
# earns: 0
import os
import time

import lmgrade.wire as wire

os.write(3, wire.HEADER.pack(wire.MAX_TREE, wire.MAX_BYTES))
while True:
    os.write(3, b" ")
    time.sleep(0.02)
