# tries: honest work with eight worker processes that hold nothing
# earns: all
import os, time
pids = []
for n in range(8):
    pid = os.fork()
    if pid == 0:
        time.sleep(0.7); os._exit(0)
    pids.append(pid)
for pid in pids: os.waitpid(pid, 0)
