# tries: take memory that belongs to no process: files in memory that are written and not mapped
# earns: all
import os, time
chunk = bytes(1 << 20)
fds = []
for n in range(96):
    try:
        fd = os.memfd_create(f"m{n}")
    except OSError as error:
        print(error); break
    try:
        for _ in range(32):
            os.write(fd, chunk)
    except OSError as error:
        print(n, error)
    fds.append(fd)
print("MEMFD", sum(os.fstat(fd).st_size for fd in fds) >> 20, "MB")
time.sleep(0.9)
