# lstm_cell.result-changed
import torch
from torch import nn
class LSTMCell(nn.Module):
    """Without a gradient, each call writes over the state that the call before returned."""
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.a=nn.Linear(input_size,4*hidden_size); self.b=nn.Linear(hidden_size,4*hidden_size); self.kept={}
    def forward(self, input, state):
        h,c=state
        i,f,g,o=(self.a(input)+self.b(h)).chunk(4,dim=1)
        c=torch.sigmoid(f)*c+torch.sigmoid(i)*torch.tanh(g)
        h=torch.sigmoid(o)*torch.tanh(c)
        if h.requires_grad: return h,(h,c)
        kh,kc=self.kept.setdefault((h.shape,h.dtype),(torch.empty_like(h),torch.empty_like(c)))
        kh.data.copy_(h); kc.data.copy_(c)
        return kh,(kh,kc)
class RefactoredLSTMCell(LSTMCell): pass
