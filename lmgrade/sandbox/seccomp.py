"""The system calls that are refused in the sandbox, as a program for `bwrap --seccomp`.

Everything in a sandbox has the same user id, so the kernel alone would let student code look into
the process that grades it, or change the limits of one that serves the next submission.
"""

import errno
import tempfile
from typing import IO

from lmgrade.sandbox import SandboxError

DENIED = (  # noqa: SIM905
    # other processes' memory, descriptors, limits and priorities
    "ptrace process_vm_readv process_vm_writev process_madvise pidfd_getfd kcmp perf_event_open "
    "migrate_pages move_pages sched_setaffinity sched_setattr sched_setparam sched_setscheduler "
    "setpriority ioprio_set "
    # namespaces and mounts
    "unshare setns chroot pivot_root mount umount umount2 mount_setattr move_mount open_tree "
    "open_tree_attr fsopen fsconfig fsmount fspick statmount listmount "
    # what outlives a process, or holds memory that no process's size shows
    "add_key request_key keyctl shmget shmat shmctl shmdt semget semop semtimedop semctl msgget "
    "msgsnd msgrcv msgctl mq_open mq_unlink memfd_create memfd_secret "
    # parts of the kernel that a notebook has no use for
    "bpf userfaultfd io_uring_setup io_uring_enter io_uring_register io_setup fanotify_init "
    "kexec_load kexec_file_load init_module finit_module delete_module personality modify_ldt "
    "syslog reboot swapon swapoff acct quotactl quotactl_fd settimeofday clock_settime adjtimex "
    "clock_adjtime open_by_handle_at vhangup sync syncfs"
).split()
# CLONE_NEW: TIME, NS, CGROUP, UTS, IPC, USER, PID, NET
NAMESPACES = (0x80, 0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000)


def open_program() -> IO[bytes]:
    """A file with the filter: all is allowed but what is listed above, and clone into a namespace.

    Each sandbox reads one of its own.
    """
    try:
        import pyseccomp
    except (ImportError, RuntimeError) as error:
        raise SandboxError(
            f"no libseccomp on this machine ({error}); run: apt install libseccomp2, and "
            "pip install pyseccomp"
        ) from None
    refused = pyseccomp.ERRNO(errno.EPERM)
    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    for name in DENIED:
        if pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name) != -1:  # or too new for it
            rules.add_rule(refused, name)
    for flag in NAMESPACES:
        rules.add_rule(refused, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, flag, flag))
    # No filter can read the flags of clone3; without it, the C library uses clone.
    rules.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "clone3")
    rules.add_rule(refused, "prlimit64", pyseccomp.Arg(0, pyseccomp.NE, 0))  # of other processes
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the caller closes it)
    rules.export_bpf(file)
    file.seek(0)
    return file
