# tries: recurse without end
# earns: all
def forward(self, x):
    return self.forward(x)


Dropout.forward = forward
