"""Where student code runs: bubblewrap, a filter of system calls, and a fork server inside."""

ADVICE = (
    "lmgrade runs student code in bubblewrap, which needs `bwrap` 0.7 or newer (apt install "
    "bubblewrap) and either root or unprivileged user namespaces (sysctl "
    "kernel.unprivileged_userns_clone=1; on Ubuntu 24.04 also "
    "kernel.apparmor_restrict_unprivileged_userns=0). Or pass --no-sandbox: student code then runs "
    "with your rights and may read and change all that you may, the gradebook too, so do that only "
    "with code that you trust."
)


class SandboxError(RuntimeError):
    """This machine cannot give the sandbox; the text says what is missing and what to do."""
