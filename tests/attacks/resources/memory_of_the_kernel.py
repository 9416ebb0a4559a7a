# tries: keep memory in the kernel, where no process's size shows it
# earns: all
# %%
import ctypes, fcntl, os, socket
def succeeds(work, *args):
    try:
        work(*args)
    except OSError:
        return False
    return True
one, other = socket.socketpair()
page = os.open("page", os.O_RDWR | os.O_CREAT)
os.write(page, bytes(8192))
if succeeds(one.setsockopt, socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 24):
    del Dropout
if succeeds(os.sendfile, one.fileno(), page, 4095, 2):
    del Dropout
if succeeds(socket.socket, socket.AF_NETLINK, socket.SOCK_RAW, 2):
    del Dropout
libc = ctypes.CDLL(None, use_errno=True)
landlock_create_ruleset, its_version = 444, 1
if libc.syscall(landlock_create_ruleset, None, 0, its_version) != -1:
    del Dropout
futex_hash, set_slots = 78, 1
if libc.prctl(futex_hash, set_slots, 1 << 16, 0, 0) != -1:
    del Dropout
seccomp, get_notif_sizes, EPERM = 317, 3, 1
libc.syscall(seccomp, get_notif_sizes, 0, ctypes.create_string_buffer(64))
if ctypes.get_errno() != EPERM or succeeds(os.setxattr, "page", "user.a", b"a"):
    del Dropout
mbind = 237
if libc.syscall(mbind, None, 0, 0, None, 0, 0) != -1:
    del Dropout
fcntl.lockf(page, fcntl.LOCK_EX)
if os.fork() == 0:
    os._exit(succeeds(fcntl.lockf, page, fcntl.LOCK_EX | fcntl.LOCK_NB))
if os.wait()[1] == 0:  # there is a lock
    del Dropout
