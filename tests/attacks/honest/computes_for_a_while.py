# tries: honest work with a cell that takes a second of computing
# earns: all
import time

start = time.process_time()
while time.process_time() - start < 0.7:
    torch.randn(100, 100) @ torch.randn(100, 100)
