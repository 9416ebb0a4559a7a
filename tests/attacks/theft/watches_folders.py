# tries: learn which programs the machine runs, from those who open them
# earns: all
import ctypes
import os
import sys

libc = ctypes.CDLL(None, use_errno=True)
for fd in (libc.inotify_init1(0), libc.inotify_init()):
    if fd >= 0 and libc.inotify_add_watch(fd, b"/usr/bin", 0x21) >= 0:
        print("STOLEN: what others open")
folder = os.open(sys.prefix, os.O_RDONLY)
if libc.fcntl(folder, 1026, 0x1) == 0:
    print("STOLEN: what others read")
if libc.prctl(4, 1, 0, 0, 0) == 0:
    print("STOLEN: a core on the disk")
