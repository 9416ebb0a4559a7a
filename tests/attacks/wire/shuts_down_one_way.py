# tries: close one direction, change buffers and flags of the socket it shares with the warm process
# earns: 0
import socket, fcntl
s = socket.socket(fileno=os.dup(3))
s.setsockopt(1, 7, 1 << 30); s.setsockopt(1, 8, 1)
fcntl.fcntl(3, fcntl.F_SETFL, os.O_NONBLOCK | os.O_ASYNC); fcntl.fcntl(3, fcntl.F_SETOWN, 1); fcntl.fcntl(3, 10, 9)
fcntl.fcntl(3, fcntl.F_SETFL, 0)
def forward(request):
    s.shutdown(socket.SHUT_RD); time.sleep(0.4); return {"value": ["a", 0]}
serve(forward)
