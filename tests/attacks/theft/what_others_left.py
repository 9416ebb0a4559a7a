# tries: find what another submission wrote
# earns: all
import os

for place in (".", "/tmp", "/dev/shm", "/var/tmp", "/run"):
    try:
        names = os.listdir(place)
        print(place, names, "STOLEN" if "lm39-attack" in names else "")
        for name in names:
            print(open(os.path.join(place, name), "rb").read(100))
        open(os.path.join(place, "lm39-attack"), "w").write("x")
    except OSError as error:
        print(error)
