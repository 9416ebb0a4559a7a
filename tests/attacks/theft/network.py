# tries: reach services on this machine and outside
# earns: all
import socket

for family, address in (
    (socket.AF_INET, ("127.0.0.1", PORT)),
    (socket.AF_INET6, ("::1", PORT)),
    (socket.AF_INET, ("192.0.2.1", 80)),
    (socket.AF_UNIX, "\0lm39-attack"),
):
    try:
        with socket.socket(family) as link:
            link.settimeout(0.3)
            link.connect(address)
            print("STOLEN", address)
    except OSError as error:
        print(error)
try:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.sendto(b"hello", ("127.0.0.1", PORT))
except OSError as error:
    print(error)
