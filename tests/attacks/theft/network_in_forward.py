# tries: reach a service on this machine while the tests run
# earns: all
import socket


def forward(self, x, right=Dropout.forward):
    try:
        socket.create_connection(("127.0.0.1", PORT), 0.2).close()
        raise SystemExit("STOLEN")
    except OSError:
        pass
    return right(self, x)


Dropout.forward = forward
