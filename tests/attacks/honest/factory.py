# tries: honest work behind a factory, a partial, a metaclass and slots
# earns: all
import functools
class Meta(type):
    def __call__(cls, *a, **k): return super().__call__(*a, **k)
class Base(Dropout, metaclass=Meta):
    __slots__ = ()
def make(p=0.5): return Base(p)
Dropout = functools.partial(make)
