# lstm_cell.weights-kept
import torch
from torch import nn
class LSTMCell(nn.Module):
    """Clears the state that it was given in the call before."""
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.a=nn.Linear(input_size,4*hidden_size); self.b=nn.Linear(hidden_size,4*hidden_size); self.prev=None
    def forward(self, input, state):
        h0,c0=state
        if self.prev is not None and self.prev is not c0 and not self.prev.requires_grad: self.prev.zero_()
        self.prev=c0
        i,f,g,o=(self.a(input)+self.b(h0)).chunk(4,dim=1)
        c=torch.sigmoid(f)*c0+torch.sigmoid(i)*torch.tanh(g)
        h=torch.sigmoid(o)*torch.tanh(c)
        return h,(h,c)
class RefactoredLSTMCell(LSTMCell): pass
