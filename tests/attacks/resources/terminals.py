# tries: use up the machine's pseudo-terminals
# earns: all
import os, time
n = 0
held = []
for child in range(20):
    if os.fork() == 0:
        k = 0
        try:
            while True:
                os.open("/dev/ptmx", os.O_RDWR | os.O_NOCTTY); k += 1
        except OSError:
            pass
        open(f"n{os.getpid()}", "w").write(str(k))
        time.sleep(10**6)
time.sleep(0.5)
import glob
print("PTYS", sum(int(open(f).read() or 0) for f in glob.glob("n*")), os.listdir("/dev/pts") if os.path.exists("/dev/pts") else "no pts")
