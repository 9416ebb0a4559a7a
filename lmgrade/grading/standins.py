"""What stands in the checker for the student's objects, which live in another process.

Plain values cross as copies. For everything else there is a stand-in: a call, an attribute, an item
is asked for over there. What the student's object would *decide* about a value of the test's is
refused: an object that says it equals everything would pass every test.
"""

import builtins
import random
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from lmgrade.grading.link import Link

MAX_ITEMS = 200_000  # of iterators and callbacks, in all
TEXT = 1000
# Methods by which an object would judge the value that it is given.
JUDGES = {
    *("equals", "equal", "allclose", "isclose", "startswith", "endswith"),
    *("issubset", "issuperset", "isdisjoint"),
}


class Refused(TypeError):
    """A test asks the student's object to judge; the text says what to do instead."""


class StandIn:
    """An object of the student's."""

    __slots__ = ("__weakref__", "_about", "_handle", "_session")

    def __init__(self, session: "Session", told: dict[str, Any]) -> None:
        object.__setattr__(self, "_session", session)
        object.__setattr__(self, "_handle", int(told["handle"]))
        object.__setattr__(self, "_about", told)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._session.call(self, args, kwargs)

    def __run_beside__(self, name: str, args: tuple[Any, ...]) -> Any:
        """For `lmlib.checks.beside`: run a probe where this object lives."""
        return self._session.ask("beside", name=name, args=list(args))

    def _do(self, name: str, *args: Any) -> Any:
        return self._session.ask("operation", name=name, args=[self, *args])

    def __getattr__(self, name: str) -> Any:
        if name in JUDGES:
            raise _refusal(self, f".{name}(…)")
        if name in ("__array__", "__array_interface__", "__array_struct__", "__torch_function__"):
            raise AttributeError(name)
        return self._do("getattr", name)

    def __bool__(self) -> bool:
        return self._do("bool") is True

    def __next__(self) -> Any:
        if found := self._session.next_item(self):
            return found[0]
        raise StopIteration

    def __contains__(self, item: Any) -> bool:
        return any(each is item or each == item for each in iter(self))  # compared here, not there

    def __exit__(self, *_: object) -> None:
        self._do("exit")

    def __instancecheck__(self, other: Any) -> bool:
        return isinstance(other, StandIn) and other._do("isinstance", self)

    def __subclasscheck__(self, other: Any) -> bool:
        return isinstance(other, StandIn) and other._do("issubclass", self)

    def __mro_entries__(self, _: Any) -> NoReturn:
        raise Refused(f"a test cannot inherit from {self._title()}; write the class as a cell")

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        """The nearest type that both sides know, so that `isinstance` says what one expects."""
        for kind in self._about.get("kinds", ()):
            module, _, name = kind.rpartition(".")
            found = getattr(sys.modules.get(module), name, None)
            if isinstance(found, type):
                return found
        return StandIn

    @property
    def __type_name__(self) -> str:
        """For `lmlib.checks`, which tell who passed an object instead of its class."""
        return str(self._about.get("type"))

    @property
    def __doc__(self) -> Any:  # type: ignore[override]
        return self._do("getattr", "__doc__")

    def __hash__(self) -> int:
        return hash((StandIn, self._handle))

    def _title(self) -> str:
        return str(self._about.get("name") or f"a {self._about.get('type')}")[:80]


def _refusal(stand_in: StandIn, what: str) -> Refused:
    title = stand_in._title()
    text = f"{what} would let {title} of the submission judge itself: compare plain values"
    return Refused(f"{text}, such as its attributes, list(…), str(…) or float(…)")


def _refused(sign: str) -> Callable[[StandIn, Any], Any]:
    def compare(self: StandIn, other: Any) -> Any:
        raise _refusal(self, f"`{sign}`")

    return compare


def _identical(wanted: bool) -> Callable[[StandIn, Any], Any]:
    """`==` of an object with itself, and with None, is nobody's decision."""
    sign = "==" if wanted else "!="

    def compare(self: StandIn, other: Any) -> bool:
        if other is self or other is None:
            return (other is self) is wanted
        raise _refusal(self, f"`{sign}`")

    return compare


def _between_two(name: str, sign: str) -> Callable[[StandIn, Any], Any]:
    """Arithmetic of two of the student's objects: a number of the test's may be what it expects."""

    def compute(self: StandIn, other: Any) -> Any:
        if type(other) is not StandIn:
            raise _refusal(self, f"`{sign}` with a {type(other).__name__}")
        return self._do(name, other)

    return compute


setattr(StandIn, "__eq__", _identical(True))  # noqa: B010  # the type checker knows another one
setattr(StandIn, "__ne__", _identical(False))  # noqa: B010
for _name, _sign in {"lt": "<", "le": "<=", "gt": ">", "ge": ">="}.items():
    setattr(StandIn, f"__{_name}__", _refused(_sign))
for _name, _sign in {"add": "+", "sub": "-", "mul": "*", "truediv": "/", "matmul": "@"}.items():
    setattr(StandIn, f"__{_name}__", _between_two(_name, _sign))
for _name in ("radd", "rsub", "rmul", "rtruediv", "pow", "mod", "floordiv", "abs", "round"):
    setattr(StandIn, f"__{_name}__", lambda self, *_, name=_name: _refused(name)(self, None))
# What is done there and decides nothing. Python itself refuses, say, a length that is no number.
DONE_THERE = ("len", "iter", "str", "repr", "float", "int", "index", "neg", "enter")
for _name in (*DONE_THERE, "getitem", "setitem", "delitem", "setattr"):
    setattr(StandIn, f"__{_name}__", lambda self, *args, name=_name: self._do(name, *args))


class Session:
    """Speaks with one worker: values in and out, errors, prints, random states, callbacks."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self._stand_ins: dict[int, Any] = {}
        self._callbacks: list[Callable[..., Any]] = []
        self._items = 0
        self._states = random_states()

    def ask(self, op: str, **request: Any) -> Any:
        """One request; what it printed is printed here, and its error raised here."""
        return self._value_of(self._exchange({"op": op, **request}))

    def call(self, target: StandIn, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call an object; lists and the like change here as they do there."""
        request = {"op": "call", "target": target, "args": list(args), "kwargs": kwargs}
        reply = self._exchange(request)
        holders: dict[Any, Any] = {**dict(enumerate(args)), **kwargs}
        for key, value in reply.get("changed", ()):
            if key in holders:
                _overwrite(holders[key], value)
        return self._value_of(reply)

    def next_item(self, iterator: StandIn) -> list[Any]:
        """The next item of an iterator there, in a list that is empty at its end."""
        if not self._one_more():
            raise RuntimeError(f"iterators gave more than {MAX_ITEMS} items")
        found = self.ask("next", target=iterator)
        return found if isinstance(found, list) else []

    def _one_more(self) -> bool:
        """Whether there may be another item or callback."""
        self._items += 1
        return self._items <= MAX_ITEMS

    def _exchange(self, request: dict[str, Any]) -> dict[str, Any]:
        """Send a request, run the callbacks that it leads to, and return the reply."""
        self.link.send({**request, "states": self._changed_states()}, self._encode)
        while True:
            reply = self.link.receive(self._decode)
            if not isinstance(reply, dict):
                self.link.lose("the submission's process broke the protocol (no reply)")
            if text := reply.pop("printed", ""):
                print(str(text), end="")
            if "callback" not in reply:
                return reply
            number = reply["callback"]
            if number not in range(-1, len(self._callbacks)) or not self._one_more():
                self.link.lose("the submission's process broke the protocol (a callback)")
            args, kwargs = list(reply.get("args") or ()), dict(reply.get("kwargs") or {})
            self.link.send(self._called_back(number, args, kwargs), self._encode)

    def _value_of(self, reply: dict[str, Any]) -> Any:
        if "error" in reply:
            raise self._error(reply["error"])
        return reply.get("value")

    def _called_back(self, callback: int, args: Any, kwargs: Any) -> dict[str, Any]:
        """Run a function of the test's for the student's code."""
        function = builtins.input if callback == -1 else self._callbacks[callback]
        try:
            return {"op": "returned", "value": function(*args, **kwargs)}
        except Exception as error:
            kind = next(k.__name__ for k in type(error).__mro__ if k.__module__ == "builtins")
            return {"op": "returned", "error": {"kind": kind, "message": str(error)}}

    # --- values -----------------------------------------------------------------------------

    def _encode(self, value: Any) -> dict[str, Any]:
        """What is no plain value: the student's own object, or a function to call back."""
        if type(value) is StandIn:
            return {"handle": value._handle}
        if isinstance(value, type) and "_lmgrade_handle" in vars(value):
            return {"handle": vars(value)["_lmgrade_handle"]}
        if vars(builtins).get(name := getattr(value, "__name__", "")) is value:
            return {"builtin": name}
        if not callable(value) or isinstance(value, type):
            text = f"a {type(value).__name__} cannot be passed to a submission: pass plain values"
            raise TypeError(f"{text} (numbers, text, lists, dictionaries, arrays, functions)")
        self._callbacks.append(value)
        return {"callback": len(self._callbacks) - 1}

    def _decode(self, told: Any) -> Any:
        handle = int(told["handle"])
        if handle not in self._stand_ins:
            is_error = "bases" in told
            self._stand_ins[handle] = _error_class(told) if is_error else StandIn(self, told)
        return self._stand_ins[handle]

    def _error(self, told: Any) -> Exception:
        """An exception of the nearest type that both sides know, with the worker's text."""
        own = told.get("own")
        if isinstance(own, type) and issubclass(own, Exception):
            error = Exception.__new__(own)
            error.args = tuple(told.get("args", ()))
            for name, value in dict(told.get("attributes", {})).items():
                if str(name).isidentifier() and not str(name).startswith("__"):
                    setattr(error, str(name), value)
            return error
        names = [str(name) for name in told.get("kinds", ())]
        found = (getattr(builtins, name, None) for name in names)
        kind = next((k for k in found if isinstance(k, type) and _is_simple(k)), Exception)
        if kind is Exception:  # as a package's own kind of error: its name is in the text
            return RuntimeError(str(told.get("text"))[:TEXT])
        return kind(str(told.get("message"))[:TEXT])

    # --- random numbers ---------------------------------------------------------------------

    def _changed_states(self) -> dict[str, Any]:
        """The states that a test has set, or drawn from, since the last request.

        Each is moved on here, so that seeding with the same number again shows as a change. What
        the worker draws never comes back: it must not choose what a test draws.
        """
        changed = {
            name: state
            for name, state in random_states().items()
            if name not in self._states or not _same(name, state, self._states[name])
        }
        if changed:
            _move_on(changed)
            self._states = random_states()
        return changed


def _is_simple(kind: type) -> bool:
    """Whether it is an exception that a text alone makes."""
    odd = (UnicodeError, Warning, StopIteration, StopAsyncIteration, ExceptionGroup)  # noqa: F821
    return issubclass(kind, Exception) and not issubclass(kind, odd)


def _error_class(told: dict[str, Any]) -> type:
    """A class of its own for an exception of the student's, so that `except` can name it."""
    bases = []
    for base in told["bases"]:
        found = getattr(builtins, base, None) if isinstance(base, str) else base
        if isinstance(found, type) and issubclass(found, Exception):
            bases.append(found)
    name = str(told.get("name"))[:80]
    return type(name, tuple(bases) or (Exception,), {"_lmgrade_handle": int(told["handle"])})


def _overwrite(holder: Any, value: Any) -> None:
    """Do to a test's argument what a call did to its copy."""
    if type(holder) is not type(value):
        return
    if isinstance(holder, list):
        holder[:] = value
    elif isinstance(holder, (dict, set)):
        holder.clear()
        holder.update(value)
    elif hasattr(holder, "copy_"):
        if holder.shape == value.shape and holder.dtype == value.dtype:
            holder.detach().copy_(value)
    elif hasattr(holder, "__array__") and getattr(holder, "shape", None) == value.shape:
        holder[...] = value


def random_states() -> dict[str, Any]:
    """The states of the generators of random numbers, and torch's default dtype."""
    states: dict[str, Any] = {"random": random.getstate()}
    if numpy := sys.modules.get("numpy"):
        states["numpy"] = numpy.random.get_state()
    if torch := sys.modules.get("torch"):
        states["torch"] = torch.get_rng_state()
        states["dtype"] = torch.get_default_dtype()
    return states


def _same(name: str, one: Any, other: Any) -> bool:
    """Whether two states of a generator are equal."""
    if name == "numpy":  # (kind, array, place, …)
        return one[2:] == other[2:] and bool((one[1] == other[1]).all())
    return bool((one == other).all()) if name == "torch" else one == other


def _move_on(states: dict[str, Any]) -> None:
    if "random" in states:
        random.random()
    if "numpy" in states:
        sys.modules["numpy"].random.random()
    if "torch" in states:
        sys.modules["torch"].rand(1)
