# tries: use up the machine's contexts for asynchronous input and output
# earns: all
import ctypes, time
libc = ctypes.CDLL(None, use_errno=True)
total, size = 0, 1 << 14
while size >= 1:
    ctx = ctypes.c_ulong(0)
    if libc.syscall(206, size, ctypes.byref(ctx)) == 0:
        total += size
    else:
        print(size, ctypes.get_errno()); size //= 2
    if total > 1 << 20: break
print("AIO", total)
time.sleep(0.8)
