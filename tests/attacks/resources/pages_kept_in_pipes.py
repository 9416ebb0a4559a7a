# tries: keep huge pages in a pipe that points at a small piece of each, while no process maps them
# earns: all
# %%
import ctypes, os
_, end = os.pipe()
piece = ctypes.create_string_buffer(4096)
part = (ctypes.c_void_p * 2)(ctypes.addressof(piece), 4096)
if ctypes.CDLL(None).vmsplice(end, part, 1, 2) != -1:
    del Dropout
