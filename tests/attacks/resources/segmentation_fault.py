# tries: crash the process
# earns: all
import ctypes

ctypes.string_at(0)
