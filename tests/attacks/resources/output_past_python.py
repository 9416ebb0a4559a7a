# tries: fill the disk of whoever keeps standard output
# earns: all
import os

for _ in range(1000):
    os.write(1, bytes(100_000))
    os.write(2, bytes(100_000))
