# tries: compute in children whose time is never added up, as SIGCHLD is ignored
# earns: all
import os, signal, time
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
def burn():
    end = time.process_time() + 0.2
    while time.process_time() < end:
        pass
    os._exit(0)
start = time.monotonic()
while time.monotonic() < start + 1000:
    pid = os.fork()
    if pid == 0:
        burn()
    try:
        os.waitpid(pid, 0)
    except ChildProcessError:
        pass
