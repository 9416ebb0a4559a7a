# tries: take all memory with many processes that each take little
# earns: all
import os
import time

for _ in range(16):
    if os.fork() == 0:
        hoard = torch.ones(100 << 20)
        time.sleep(10**6)
while True:
    sum(range(10**6))
