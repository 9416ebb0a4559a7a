"""What the machine offers."""

import os


def cores() -> int:
    """As many cores as this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
