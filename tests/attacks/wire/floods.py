# tries: send without being asked, and without end
# earns: 0
import os

while True:
    os.write(3, bytes(1 << 16))
