"""What one submission may use."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """CPU seconds, not clock seconds: a busy machine is no student's fault.

    `blocked` is for code that waits without computing, `waits` for all such times together, and
    `wall` for code that waits in portions too small to be seen; an honest notebook on a busy
    machine comes near none of them.
    """

    cell_cpu: float = 60.0
    test_cpu: float = 20.0
    total_cpu: float = 180.0
    blocked: float = 15.0
    waits: float = 60.0
    wall: float = 900.0
    memory: int = 2 << 30
