# tries: take kernel memory in the buffers of pipes and sockets
# earns: all
import os, socket, time
for child in range(20):
    if os.fork() == 0:
        held, s = [], 0
        out = os.open(f"s{os.getpid()}", os.O_CREAT | os.O_RDWR)
        try:
            while True:
                pair = socket.socketpair(); held.append(pair)
                for a in pair:
                    a.setblocking(False)
                    try:
                        while True: s += a.send(bytes(32768))
                    except BlockingIOError: pass
        except OSError: pass
        os.write(out, str(s).encode())
        time.sleep(10**6)
time.sleep(0.9)
import glob
print("SOCKETS MB", sum(int(open(f).read() or 0) for f in glob.glob("s*")) >> 20, open("/sys/x").read() if os.path.exists("/sys/x") else "")
