"""The process that student code runs in: it executes cells, and does what the checker asks.

Nothing that this process says is trusted: student code shares its memory and may say anything in
its name. It only has to be right for honest code.
"""

import builtins
import contextlib
import importlib
import operator
import os
import random
import socket
import sys
from collections.abc import Callable
from typing import Any

from lmgrade.grading import protocol
from lmgrade.notebook.execution import Notebook, captured, failure

PRINTED = 100_000  # characters of one call
ANSWERS = 20  # empty ones, to a cell that asks; after so many it will never be content
OPERATIONS: dict[str, Callable[..., Any]] = {
    **{name: getattr(operator, name) for name in ("getitem", "setitem", "delitem", "index")},
    **{name: getattr(operator, name) for name in ("add", "sub", "mul", "truediv", "matmul", "neg")},
    **{f.__name__: f for f in (len, iter, bool, str, repr, float, int)},
    **{f.__name__: f for f in (getattr, setattr, isinstance, issubclass)},
    "enter": lambda manager: manager.__enter__(),
    "exit": lambda manager: manager.__exit__(None, None, None),
}


def serve(link: socket.socket) -> None:
    """Answer requests until the checker hangs up."""
    os.environ["PYTHONBREAKPOINT"] = "0"
    worker = Worker(link)
    builtins.input = worker.ask_for_input
    with contextlib.suppress(EOFError):
        worker.serve()


class Worker:
    """The state of one submission: its namespace, and the objects that the checker knows."""

    def __init__(self, link: socket.socket) -> None:
        self.link = link
        self.notebook = Notebook()
        self.objects: list[Any] = []
        self.handles: dict[int, int] = {}
        self.in_cell = False
        self.asked = 0

    def serve(self) -> Any:
        """Answer requests; return what a callback gave, if this waits for one."""
        while True:
            request = protocol.receive(self.link, self.decode)
            if request is None:
                raise EOFError
            if request["op"] == "returned":
                return request
            try:
                protocol.send(self.link, self.answer(request), self.encode)
            except Exception as error:  # what came out cannot cross
                protocol.send(self.link, {"error": failure(error)})

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Run one request and report its result or its error, and what was printed."""
        _set_states(request.pop("states", {}))
        reply: dict[str, Any] = {}
        with captured(PRINTED) as output, _usual_settings():
            try:
                op = request.pop("op")
                reply["value"] = getattr(self, f"do_{op}")(reply, **request)
            except BaseException as error:
                reply["error"] = self.failure(error)
        if text := output.text():
            reply["printed"] = text
        return reply

    def failure(self, error: BaseException) -> dict[str, Any]:
        """What is told of an error; one of the student's own kind comes with its class."""
        told = failure(error)
        if type(error).__module__ == "__main__":
            told["own"] = type(error)
            told["args"] = [arg for arg in error.args if _crosses(arg)]
            told["attributes"] = {k: v for k, v in vars(error).items() if _crosses(v)}
        return told

    # --- values -----------------------------------------------------------------------------

    def encode(self, value: Any) -> Any:
        """A number for an object that is no value, and what the checker may know of it."""
        handle = self.handles.get(id(value))
        if handle is None:
            handle = self.handles[id(value)] = len(self.objects)
            self.objects.append(value)  # which keeps it alive, and so its id
        cls = type(value)
        names = [f"{kind.__module__}.{kind.__qualname__}" for kind in cls.__mro__[:-1]]
        # What a cell or a function defines, the checker cannot know.
        kinds = [name for name in names if not name.startswith("__main__.") and "<" not in name]
        told = {"handle": handle, "type": cls.__name__, "kinds": kinds}
        if isinstance(value, type):
            told["name"] = value.__name__
            if issubclass(value, Exception) and value.__module__ == "__main__":
                told["bases"] = [
                    base if base.__module__ == "__main__" else base.__name__
                    for base in value.__bases__
                ]
        return told

    def decode(self, told: Any) -> Any:
        """What the checker speaks of: one of these objects, a callback or a built-in function."""
        if "handle" in told:
            return self.objects[told["handle"]]
        if "builtin" in told:
            return getattr(builtins, told["builtin"])
        return lambda *args, **kwargs: self.call_back(told["callback"], args, kwargs)

    def call_back(self, callback: int, args: Any, kwargs: dict[str, Any]) -> Any:
        """Have a function of the checker's run there, and go on with what it gives."""
        message = {"callback": callback, "args": list(args), "kwargs": kwargs}
        protocol.send(self.link, message, self.encode)
        answer = self.serve()
        if "error" in answer:
            kind = getattr(builtins, answer["error"]["kind"], RuntimeError)
            raise kind(answer["error"]["message"])
        return answer["value"]

    def ask_for_input(self, prompt: object = "") -> str:
        """In place of `input`: a test may have patched it; in a cell nobody answers."""
        if not self.in_cell:
            return str(self.call_back(-1, [str(prompt)], {}))
        print(prompt)
        self.asked += 1
        if self.asked > ANSWERS:
            raise EOFError("nobody is there to answer")
        return ""

    # --- requests ---------------------------------------------------------------------------

    def do_files(self, reply: Any, files: dict[str, bytes]) -> None:
        """Write what was handed in beside the notebook."""
        for name, data in files.items():
            if not os.path.lexists(name):
                with open(name, "wb") as file:
                    file.write(data)

    def do_run(self, reply: Any, name: str, source: str) -> Any:
        """Execute a cell; its own failure is part of the answer."""
        self.in_cell = True
        try:
            return self.notebook.run(name, source)
        finally:
            self.in_cell = False

    def do_names(self, reply: Any, names: list[str]) -> Any:
        """What those of the given names stand for that are there."""
        there = {n: self.notebook.names[n] for n in names if n in self.notebook.names}
        for name, value in there.items():
            if not _crosses(value, self.encode):  # as a list that holds itself
                there[name] = protocol.reference(value, self.encode)
        return there

    def do_call(self, reply: Any, target: Any, args: Any, kwargs: dict[str, Any]) -> Any:
        """Call an object; what the call does to changeable arguments is told, too."""
        holders: dict[Any, Any] = {**dict(enumerate(args)), **kwargs}
        before = {key: _snapshot(value) for key, value in holders.items()}
        try:
            return target(*args, **kwargs)
        finally:
            reply["changed"] = [
                [key, value] for key, value in holders.items() if _snapshot(value) != before[key]
            ]

    def do_beside(self, reply: Any, name: str, args: Any) -> Any:
        """Run one of the probes of lmlib's checks."""
        importlib.import_module(name.rpartition(".")[0])
        from lmlib.checks.beside import PROBES, values

        return values(PROBES[name](*args))

    def do_operation(self, reply: Any, name: str, args: Any) -> Any:
        return OPERATIONS[name](*args)

    def do_next(self, reply: Any, target: Any) -> Any:
        """The next item of an iterator; an empty list is its end."""
        with contextlib.suppress(StopIteration):
            return [next(target)]
        return []


def _crosses(value: Any, encode: protocol.Encode | None = None) -> bool:
    """Whether it can be sent; without `encode`, only plain values can."""
    try:
        protocol.pack(value, encode)
    except Exception:
        return False
    return True


def _snapshot(value: Any) -> bytes | None:
    """What a changeable argument holds, to see whether a call changes it."""
    if isinstance(value, (list, dict, set)) or hasattr(value, "__array__"):
        with contextlib.suppress(Exception):
            return protocol.pack(value, id)
    return None


def _usual_settings() -> Any:
    """Gradients are on whatever a cell has set; torch is only touched where it is there."""
    torch = sys.modules.get("torch")
    return torch.enable_grad() if torch else contextlib.nullcontext()


def _set_states(states: dict[str, Any]) -> None:
    """Let random numbers go on from where a test has seeded them."""
    for name, state in states.items():
        if name == "random":
            random.setstate(state)
        elif name == "numpy":
            importlib.import_module("numpy").random.set_state(state)
        elif name == "torch":
            importlib.import_module("torch").set_rng_state(state)
        elif name == "dtype":
            importlib.import_module("torch").set_default_dtype(state)
