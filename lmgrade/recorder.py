"""What PyTorch does in a worker while a student's code runs."""

from torch._C._profiler import _ExperimentalConfig
from torch.autograd import profiler


class Recorder:
    """Notes PyTorch's functions from now on, in whatever thread, also those that TorchScript calls.

    Those that PyTorch writes in Python are noted while `frames` is on.
    """

    def __init__(self) -> None:
        from lmlib.checks.meters import FrameRecorder

        self.frames = FrameRecorder()
        everywhere = _ExperimentalConfig(profile_all_threads=True)
        self._profile = profiler.profile(experimental_config=everywhere)
        self._profile.__enter__()

    def stop(self) -> list[str]:
        """The names, and the end of it."""
        self._profile.__exit__(None, None, None)
        # `profile.function_events` would sort them into a tree, for half of the time of a call.
        assert self._profile.kineto_results is not None
        names = {event.name() for event in self._profile.kineto_results.events()}
        own = {name.removeprefix("aten::") for name in names if name.startswith("aten::")}
        return [*self.frames.found, *own]
