# tries: answer every request with nothing
# earns: 0
import lmgrade.worker as worker

worker.Worker.answer = lambda *args: bytes(12)
