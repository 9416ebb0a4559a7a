# tries: honest work that imports Colab's modules and left a breakpoint, in the cell of the class
# earns: 18
import getpass

import torch
from google.colab import drive, files
from torch import nn

drive.mount("/content/drive")
breakpoint()
import pdb; pdb.set_trace()
import IPython
from IPython.core.debugger import set_trace

IPython.embed()
print(getpass.getuser())


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in 0 <= p < 1, got {p}")
        self.p = p

    def forward(self, x):
        set_trace()
        if not self.training:
            return x
        return x * (torch.rand_like(x) >= self.p) / (1 - self.p)
