"""What the kernel is asked to forbid before a student's first statement runs.

Everything here runs inside bubblewrap and only tightens. `Family` forks a process for one
submission; there, `enter` gives it namespaces of its own and `confine` an empty file system to
write to, limits, an unprivileged user and a system call filter.
"""

import ctypes
import importlib.util
import os
import resource
import signal
import struct
from pathlib import Path

libc = ctypes.CDLL(None, use_errno=True)

CLONE_NEWNS, CLONE_NEWUSER, CLONE_NEWPID = 0x20000, 0x10000000, 0x20000000
CLONE_NEWIPC, CLONE_NEWNET = 0x08000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_REMOUNT = 1, 2, 4, 32
MS_BIND, MS_REC, MS_PRIVATE = 4096, 16384, 1 << 18
PR_SET_PDEATHSIG, PR_GET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP = 1, 2, 4, 22
PR_SET_NAME, PR_GET_NAME = 15, 16
PR_SET_NO_NEW_PRIVS, PR_CAPBSET_DROP = 38, 24

DISK = 64 << 20
FILE_SIZE = 32 << 20
PROCESSES = 24
WORK = "/submission"
TRUSTED = "/trusted"  # lmlib, for checkers alone


def _check(result: int, what: str) -> None:
    if result != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{what}: {os.strerror(error)}")


def _mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    args = (source.encode(), target.encode(), kind.encode(), flags, options.encode())
    _check(libc.mount(*args), f"mount {target}")


def show_instead(path: Path, text: str) -> None:
    """Let a file hold another text, for this process and all that it forks."""
    other = Path(WORK, "other")
    other.write_text(text, encoding="utf-8")
    _mount(str(other), str(path), "", MS_BIND)
    other.unlink()


class Family:
    """Forks children that are each the first process of a namespace: all others end with it."""

    def __init__(self) -> None:
        self._own = os.open("/proc/self/ns/pid", os.O_RDONLY)
        self._leave()
        self._return()

    def fork(self) -> int:
        """As `os.fork`."""
        self._leave()
        pid = -1
        try:
            pid = os.fork()
        finally:
            if pid != 0:
                self._return()
        return pid

    def _leave(self) -> None:
        _check(libc.unshare(CLONE_NEWPID), "unshare")

    def _return(self) -> None:
        _check(libc.setns(self._own, CLONE_NEWPID), "setns")


def enter(as_root: bool) -> None:
    """Leave the namespaces of files, messages and networks that the warm process is in."""
    flags = CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWNET
    uid, gid = os.getuid(), os.getgid()
    _check(libc.unshare(flags | (0 if as_root else CLONE_NEWUSER)), "unshare")
    if not as_root:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
        Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")


def confine(uid: int | None, memory: int, cpu: int) -> None:
    """Give up every right that running Python does not need; there is no way back."""
    _private_files(uid)
    limit(memory, cpu)
    if uid is not None:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    _drop_capabilities()
    libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    _check(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    _filter_system_calls()


def _private_files(uid: int | None) -> None:
    """An empty folder of limited size in place of all that is writable.

    There is no /proc and no lmlib. PyTorch's libraries, which are loaded, are not there either: no
    other program can start with all the layers that this one may be without.
    """
    hidden = ("/proc", TRUSTED, _libraries())
    _mount("none", "/", "", MS_REC | MS_PRIVATE)
    for target, size in ((WORK, DISK), ("/dev/shm", DISK // 4), *((path, 0) for path in hidden)):
        owner = "" if uid is None else f",uid={uid},gid={uid}"
        options = f"size={size or 4096},nr_inodes=2000,mode=0700{owner}"
        _mount("tmpfs", target, "tmpfs", MS_NOSUID | MS_NODEV, options)
    for target in hidden:
        _mount("none", target, "", MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV)
    _mount("/dev/null", "/dev/zero", "", MS_BIND)  # shared, it is memory that no process holds
    os.chdir(WORK)


def _libraries() -> str:
    torch = importlib.util.find_spec("torch")
    assert torch is not None
    return os.path.join(os.path.dirname(os.path.realpath(str(torch.origin))), "lib")


def die_with_parent() -> None:
    """Ask for it; in a sandbox the namespace of processes sees to it."""
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def limit(memory: int, cpu: int) -> None:
    """Limits of this process and its children; CPU time, never the clock."""
    limits = {
        resource.RLIMIT_AS: address_space() + memory,
        resource.RLIMIT_CPU: cpu,
        resource.RLIMIT_FSIZE: FILE_SIZE,
        resource.RLIMIT_NOFILE: 256,
        resource.RLIMIT_NPROC: PROCESSES,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    for limit, value in limits.items():
        _, hard = resource.getrlimit(limit)
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (value, value))


_PAGES = 0


def note_address_space() -> None:
    """Remember how large the warm process is, while /proc can still be read."""
    global _PAGES
    _PAGES = int(Path("/proc/self/statm").read_text().split()[0])


def address_space() -> int:
    return _PAGES * resource.getpagesize()


def _drop_capabilities() -> None:
    for capability in range(64):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    header = struct.pack("Ii", 0x20080522, 0)
    _check(libc.capset(header, bytes(24)), "capset")


# --- the system call filter ---------------------------------------------------------------------

# x86-64 and AArch64 numbers of calls that running a notebook never needs.
FORBIDDEN = {
    0xC000003E: {
        *(101, 310, 311, 312),  # ptrace, process_vm_readv, process_vm_writev, kcmp
        *(165, 166, 155, 161, 428, 429, 430, 431, 432, 433, 442),  # mounts, pivot_root, chroot
        *(272, 308, 246, 320, 175, 313, 176),  # unshare, setns, kexec, modules
        *(248, 249, 250, 298, 321, 323),  # keys, perf_event_open, bpf, userfaultfd
        *(425, 426, 427, 438, 434),  # io_uring, pidfd_getfd, pidfd_open
        *(135, 103, 167, 168, 169, 170, 171, 304, 303),  # personality, syslog, swap, reboot, …
        *(64, 65, 66, 220, 68, 69, 70, 71, 240, 29, 30, 31, 67),  # System V IPC, mq_open
        *(41, 42, 49, 50, 54, 133, 259),  # socket, connect, bind, listen, setsockopt, mknod
        *(319, 447, 206, 207, 208, 209, 210, 333),  # memfd_create, memfd_secret, io_setup, …
        *(40, 275, 276, 278),  # sendfile, splice, tee, vmsplice: pipes and sockets keep whole pages
        *(444, 445, 446),  # landlock: its rules are memory that no process's size shows
        *(457, 458, 154),  # statmount, listmount, modify_ldt
        *(162, 306),  # sync, syncfs: the machine's disks
        *(253, 254, 294, 300, 301),  # inotify and fanotify: what others open
        73,  # flock: of files that all can see
        *(188, 189, 190, 317),  # setxattr and the like, seccomp: they keep memory of the kernel
        *(237, 238, 256, 279, 450),  # mbind and the like: so does a policy for each page of a file
        *(25, 28, 216, 440),  # mremap, madvise, …: what was overwritten is read from its file again
    },
    0xC00000B7: {
        *(117, 270, 271, 272, 40, 39, 41, 51, 428, 429, 430, 431, 432, 433, 442),
        *(97, 268, 104, 294, 105, 273, 106, 217, 218, 219, 241, 280, 282),
        *(425, 426, 427, 438, 434, 92, 116, 224, 225, 142, 264, 265),
        *(190, 191, 192, 193, 186, 187, 188, 189, 194, 195, 196, 197, 180),
        *(198, 203, 200, 201, 208, 33),
        *(279, 447, 0, 1, 2, 3, 4, 292),
        *(71, 76, 77, 75),
        *(444, 445, 446),
        *(457, 458),
        *(81, 267),
        *(26, 27, 262, 263),
        32,
        *(5, 6, 7, 277),
        *(235, 237, 238, 239, 450),
        *(216, 233, 234, 440),
    },
}
CLONE, CLONE3 = {0xC000003E: 56, 0xC00000B7: 220}, 435
MMAP, MAP_SHARED_ANONYMOUS, MAP_HUGETLB = {0xC000003E: 9, 0xC00000B7: 222}, 0x21, 0x40000
# Calls whose answer depends on an argument: the call, which argument, the answers, and that to all
# other values. A lock is said to be there: one of a submission's own files matters to nobody, and a
# million take kernel memory.
SIGCHLD, F_NOTIFY, AF_UNIX = 17, 1026, 1
LOCKS = (6, 7, 37, 38)  # F_SETLK, F_SETLKW, F_OFD_SETLK, F_OFD_SETLKW
ALLOW, KILL, DONE, EPERM, ENOSYS = 0x7FFF0000, 0x80000000, 0x00050000, 0x00050001, 0x00050026
SIGACTION = (0, {SIGCHLD: EPERM}, ALLOW)
FCNTL = (1, {F_NOTIFY: EPERM, **dict.fromkeys(LOCKS, DONE)}, ALLOW)
OF_PRCTL = (PR_SET_PDEATHSIG, PR_GET_PDEATHSIG, PR_SET_NAME, PR_GET_NAME)
PRCTL = (0, dict.fromkeys(OF_PRCTL, ALLOW), EPERM)
SOCKETPAIR = (0, {AF_UNIX: ALLOW}, EPERM)
BY_ARGUMENT: dict[int, tuple[tuple[int, int, dict[int, int], int], ...]] = {
    0xC000003E: ((13, *SIGACTION), (72, *FCNTL), (157, *PRCTL), (53, *SOCKETPAIR)),
    0xC00000B7: ((134, *SIGACTION), (25, *FCNTL), (167, *PRCTL), (199, *SOCKETPAIR)),
}
NAMESPACES = 0x7E020080  # every CLONE_NEW… flag, NEWTIME among them
NEW = 463  # calls from here on are younger than this list; far above, the old ones come again
LOAD, EQUAL, AT_LEAST, ANY_BIT, AND, RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06


def _program(arch: int) -> bytes:
    """Assemble: the right architecture, no forbidden call, no clone into new namespaces.

    Nor may SIGCHLD be ignored: of children that nobody waits for, nobody knows the CPU time. Nor
    may memory be shared without a file, or taken as huge pages: no process's size shows it. Nor may
    a crash leave its memory on the machine's disk, the use of folders be watched, or a process be
    given what only `prctl` gives, such as a table of futexes as large as it likes.
    """
    code: list[tuple[int, int, int, int]] = [
        (LOAD, 0, 0, 4),
        (EQUAL, 1, 0, arch),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, 0),
        (AT_LEAST, 0, 1, NEW),
        (RETURN, 0, 0, ENOSYS),
    ]
    for number in sorted(FORBIDDEN[arch]):
        code += [(EQUAL, 0, 1, number), (RETURN, 0, 0, EPERM)]
    # The C library falls back to clone, whose flags a filter can read.
    code += [(EQUAL, 0, 1, CLONE3), (RETURN, 0, 0, ENOSYS)]
    code += [(EQUAL, 0, 6, MMAP[arch]), (LOAD, 0, 0, 40), (ANY_BIT, 2, 0, MAP_HUGETLB)]
    code += [(AND, 0, 0, MAP_SHARED_ANONYMOUS), (EQUAL, 0, 1, MAP_SHARED_ANONYMOUS)]
    code += [(RETURN, 0, 0, EPERM), (RETURN, 0, 0, ALLOW)]
    for number, argument, answers, otherwise in BY_ARGUMENT[arch]:
        code += [(EQUAL, 0, 2 * len(answers) + 2, number), (LOAD, 0, 0, 16 + 8 * argument)]
        for value, answer in answers.items():
            code += [(EQUAL, 0, 1, value), (RETURN, 0, 0, answer)]
        code += [(RETURN, 0, 0, otherwise)]
    code += [(EQUAL, 0, 3, CLONE[arch]), (LOAD, 0, 0, 16), (ANY_BIT, 0, 1, NAMESPACES)]
    code += [(RETURN, 0, 0, EPERM), (RETURN, 0, 0, ALLOW)]
    return b"".join(struct.pack("HBBI", *line) for line in code)


def _filter_system_calls() -> None:
    arch = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}.get(os.uname().machine)
    if arch is None:
        return
    program = _program(arch)
    buffer = ctypes.create_string_buffer(program, len(program))
    filter_ = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    _check(libc.prctl(PR_SET_SECCOMP, 2, filter_, 0, 0), "seccomp")
