# tries: read the memory of the parent and of siblings
# earns: all
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
for pid in (1, os.getppid(), *range(2, 300)):
    if pid == os.getpid():
        continue
    for request in (16, 0x4206):
        if libc.ptrace(request, pid, 0, 0) == 0:
            print("STOLEN", pid)
