# tries: find what another submission wrote
# earns: all
import os

PLACES = (".", "/tmp", "/dev/shm", "/var/tmp", "/run")
for place in PLACES:
    try:
        names = os.listdir(place)
        print(place, names, "STOLEN" if "lm39-attack" in names else "")
        for name in names:
            print(open(os.path.join(place, name), "rb").read(100))
    except OSError as error:
        print(error)
for place in PLACES:
    try:
        open(os.path.join(place, "lm39-attack"), "w").write("x")
    except OSError as error:
        print(error)
