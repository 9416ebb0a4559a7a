"""Stand-ins in the checker for what the student's cells define."""

import functools
import inspect
import keyword
import weakref
from collections.abc import Iterator
from typing import Any

from torch import nn

from lmgrade.session import Session
from lmgrade.wire import WireError


def stand_in(session: Session, tag: str, items: list[Any]) -> Any:
    """Make the stand-in for an object that the worker described."""
    handle = items[0]
    if type(handle) is not int:
        raise WireError("an object without a number")
    if tag == "m":
        return session.mirrors.modules.get(handle) or RemoteModule._wrap(session, handle)
    if tag == "c":
        if handle not in session.classes:
            session.classes[handle] = _class(session, *items)
        return session.classes[handle]
    if tag == "f":
        kind = _called(RemoteFunction, "function")
        return kind(session, handle, _name(items[1]), items[2])
    if tag == "i":
        kind = _called(RemoteIterable, _name(items[1]))
        return kind(session, handle, _name(items[1]), items[2])
    if tag == "x":
        return _called(RemoteObject, _name(items[1]))(session, handle, _name(items[1]))
    raise WireError("an object of unknown kind")


def _class(session: Session, handle: int, name: Any, kind: Any, signature: Any) -> Any:
    if kind != "module":
        return RemoteClass(session, handle, _name(name), signature)
    attributes = {
        "__module__": "__main__",
        "_lmgrade_session": session,
        "_lmgrade_class": handle,
        "__lmgrade_new__": staticmethod(functools.partial(session.call, handle, kwargs={})),
    }
    made = type(_name(name), (RemoteModule,), attributes)
    _set_signature(made, signature)
    return made


def _name(value: Any) -> str:
    usable = isinstance(value, str) and value.isidentifier() and not keyword.iskeyword(value)
    return value[:80] if usable else "unnamed"


@functools.lru_cache(256)
def _called(kind: type, name: str) -> Any:
    """The class under the name of the student's, which is what a message of a check shows."""
    return type(name, (kind,), {})


def _set_signature(target: Any, described: Any) -> None:
    """Let `inspect.signature` see the student's parameters."""
    if not isinstance(described, list):
        return
    parameters = []
    for name, kind, default in described:
        given = default[0] if default else inspect.Parameter.empty
        parameters.append(inspect.Parameter(name, inspect._ParameterKind(kind), default=given))
    target.__signature__ = inspect.Signature(parameters)


class RemoteObject:
    """Any object of the student's; what it can do is asked of the worker."""

    def __init__(self, session: Session, handle: int, name: str) -> None:
        self._lmgrade_session, self._lmgrade_handle = session, handle
        self.__name__ = name

    def __getattr__(self, name: str) -> Any:
        return _attribute(self._lmgrade_session, self._lmgrade_handle, name)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RemoteObject) or self._lmgrade_handle == other._lmgrade_handle:
            return isinstance(other, RemoteObject)
        raise TypeError(
            f"two objects of a submission, {self.__name__} and {other.__name__}, cannot be "
            "compared in a test: compare their attributes, or what their methods return"
        )

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return f"<{self.__name__} of the submission>"


class RemoteFunction(RemoteObject):
    """A function, a method or anything else that can be called."""

    def __init__(self, session: Session, handle: int, name: str, signature: Any) -> None:
        super().__init__(session, handle, name)
        _set_signature(self, signature)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._lmgrade_session.call(self._lmgrade_handle, args, kwargs)[0]

    def __lmgrade_remote__(self, args: Any, **options: Any) -> Any:
        return self._lmgrade_session.call(self._lmgrade_handle, args, {}, **options)

    def __lmgrade_new__(self, args: Any, **options: Any) -> Any:
        return self.__lmgrade_remote__(args, **options)


class RemoteClass(RemoteFunction):
    """A class that is no module; calling it makes a `RemoteObject`."""


class RemoteIterable(RemoteObject):
    """A generator, a loader or another iterable; items are fetched when they are asked for."""

    def __init__(self, session: Session, handle: int, name: str, length: Any) -> None:
        super().__init__(session, handle, name)
        self._length = length if type(length) is int and length >= 0 else None

    def __iter__(self) -> Iterator[Any]:
        reply, _ = self._lmgrade_session.ask("iter", target=self._lmgrade_handle)
        handle = reply.get("value")
        if type(handle) is not int:
            self._lmgrade_session.tampered("an iterator without a number")
        while item := self._lmgrade_session.next_item(handle):
            yield item[0]

    def __next__(self) -> Any:
        if item := self._lmgrade_session.next_item(self._lmgrade_handle):
            return item[0]
        raise StopIteration

    def __len__(self) -> int:
        if self._length is None:
            raise TypeError(f"object of type '{self.__name__}' has no len()")
        return self._length

    def __bool__(self) -> bool:
        return self._length != 0


def _attribute(session: Session, handle: int, name: str) -> Any:
    """A public attribute, fetched when it is asked for."""
    if name.startswith("_"):
        raise AttributeError(name)
    reply, found = session.ask("getattr", target=handle, name=name)
    return session.incoming(reply.get("value"), found)


class RemoteModule(nn.Module):
    """A real module whose parameters are mirrored and whose forward runs in the worker."""

    _lmgrade_session: Session
    _lmgrade_class: int

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        session = self._lmgrade_session
        out = session.outgoing(args, kwargs)
        request: dict[str, Any] = {"args": out.args, "kwargs": out.kwargs, **session.seed()}
        request |= {"target": self._lmgrade_class, "needs": [], "leaves": []}
        reply, _ = session.ask("call", out.flat.tensors, **request)
        value = reply.get("value")
        if not isinstance(value, list) or len(value) != 2 or value[0] != "m":
            raise TypeError(f"{type(self).__name__}() did not make a module")
        self._attach(value[1])

    @classmethod
    def _wrap(cls, session: Session, handle: int) -> "RemoteModule":
        """A stand-in for a module that exists already."""
        made = type(_name(session.mirrors.shapes[handle][0]), (cls,), {"_lmgrade_session": session})
        module: RemoteModule = object.__new__(made)
        nn.Module.__init__(module)
        module._attach(handle)
        return module

    def _attach(self, handle: int) -> None:
        if type(handle) is not int or handle not in self._lmgrade_session.mirrors.shapes:
            self._lmgrade_session.tampered("a module that was not described")
        self._lmgrade_handle = handle
        self._lmgrade_session.mirrors.modules[handle] = self
        self._lmgrade_session.stand(handle)
        weakref.finalize(self, self._lmgrade_session.forget, handle).atexit = False
        self._adopt()

    def _adopt(self) -> None:
        """Take over names and sharing of the student's parameters and buffers."""
        mirrors = self._lmgrade_session.mirrors
        _, training, tensors = mirrors.shapes[self._lmgrade_handle]
        for registry in (self._parameters, self._buffers, self._modules):
            registry.clear()
        for path, index, is_parameter in tensors:
            *parents, name = path.split(".")
            owner: nn.Module = self
            for parent in parents:
                if parent not in owner._modules:
                    owner._modules[parent] = nn.Module()
                owner = owner._modules[parent]  # type: ignore[assignment]
            if is_parameter:
                owner._parameters[name] = mirrors.parameter(index)
            else:
                owner._buffers[name] = mirrors.tensors[index]
        nn.Module.train(self, training)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        return self._lmgrade_session.call(self._lmgrade_handle, args, kwargs)[0]

    def train(self, mode: bool = True) -> "RemoteModule":
        super().train(mode)
        if "_lmgrade_handle" in self.__dict__:
            self._lmgrade_session.set_mode(self._lmgrade_handle, bool(mode))
        return self

    def eval(self) -> "RemoteModule":
        super().train(False)
        self._lmgrade_session.set_mode(self._lmgrade_handle, None)  # a class may override it
        return self

    def __getattr__(self, name: str) -> Any:
        try:
            return super().__getattr__(name)
        except AttributeError:
            if name.startswith("_") or "_lmgrade_handle" not in self.__dict__:
                raise
        found = _attribute(self._lmgrade_session, self._lmgrade_handle, name)
        if isinstance(found, RemoteFunction):
            return RemoteMethod(self, name)
        return found

    def __lmgrade_remote__(self, args: Any, **options: Any) -> Any:
        return self._lmgrade_session.call(self._lmgrade_handle, args, {}, **options)

    def __deepcopy__(self, memo: Any) -> "RemoteModule":
        reply, found = self._lmgrade_session.ask("copy", target=self._lmgrade_handle)
        copied: RemoteModule = self._lmgrade_session.incoming(reply.get("value"), found)
        return copied


class RemoteMethod:
    """A method of a module: its results lead back to the module's parameters."""

    def __init__(self, module: RemoteModule, name: str) -> None:
        self._module, self.__name__ = module, name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        module = self._module
        session, handle = module._lmgrade_session, module._lmgrade_handle
        return session.call(handle, args, kwargs, method=self.__name__)[0]

    def __lmgrade_remote__(self, args: Any, **options: Any) -> Any:
        session, handle = self._module._lmgrade_session, self._module._lmgrade_handle
        return session.call(handle, args, {}, method=self.__name__, **options)
