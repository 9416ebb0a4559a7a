# tries: take memory in children whose first thread has ended, so that they look like ended ones
# earns: all
# %%
import ctypes, os, threading, time
libc = ctypes.CDLL(None)
for n in range(8):
    if os.fork() == 0:
        def hold():
            held = [bytearray(64 << 20) for _ in range(9)]
            for block in held: block[::4096] = b"x" * len(block[::4096])
            time.sleep(300)
        threading.Thread(target=hold).start()
        libc.syscall(60, 0)
time.sleep(3)
