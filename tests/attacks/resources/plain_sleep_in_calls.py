# tries: sleep in each call
# earns: 0
import time
class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
    def forward(self, x):
        time.sleep(10**6)
