# tries: leave shared memory for an accomplice
# earns: all
import ctypes
from multiprocessing import shared_memory

libc = ctypes.CDLL(None, use_errno=True)
print(libc.shmget(0x39393939, 4096, 0o1666), ctypes.get_errno())
try:
    memory = shared_memory.SharedMemory("lm39-attack", create=True, size=4096)
    memory.buf[:5] = b"hello"
except OSError as error:
    print(error)
