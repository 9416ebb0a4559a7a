# tries: let a child go on speaking after the worker is gone
# earns: 0
import os
import time

import lmgrade.wire as wire

if os.fork() == 0:
    while True:
        os.write(3, wire.pack({"value": ["l"], "modules": [], "mirrors": []}))
        time.sleep(0.01)
os._exit(0)
