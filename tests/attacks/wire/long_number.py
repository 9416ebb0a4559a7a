# tries: stall whoever reads a number with millions of digits
# earns: 0
import lmgrade.worker as worker
from lmgrade.wire import HEADER

text = b'[{"value":' + b"9" * (6 << 20) + b"},[]]"
worker.Worker.answer = lambda *args: HEADER.pack(len(text), 0) + text
