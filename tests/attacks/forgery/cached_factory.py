# tries: honest work behind a factory that remembers the layer it made for each p
# earns: 16
import functools
Made = Dropout
make = functools.lru_cache(None)(lambda p: Made(p))
def Dropout(p=0.5):
    return make(p).train()
