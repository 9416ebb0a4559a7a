# tries: lift the limits on computing time, memory and processes
# earns: all
import resource

for name in ("DATA", "CPU", "NPROC", "FSIZE", "NOFILE"):
    limit = getattr(resource, f"RLIMIT_{name}")
    for value in (resource.RLIM_INFINITY, 1 << 40):
        try:
            resource.setrlimit(limit, (value, value))
            print("STOLEN", name)
        except (ValueError, OSError):
            pass
while True:
    pass
