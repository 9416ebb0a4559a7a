"""What one submission may use."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """CPU seconds, not clock seconds: a busy machine is no student's fault.

    `blocked` is for code that waits without computing, `wall` for code that does so in small
    portions; an honest notebook on a busy machine comes near neither.
    """

    cell_cpu: float = 60.0
    test_cpu: float = 20.0
    total_cpu: float = 180.0
    blocked: float = 15.0
    wall: float = 900.0
    memory: int = 2 << 30
