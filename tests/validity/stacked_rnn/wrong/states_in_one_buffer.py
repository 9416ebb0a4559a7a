# stacked_rnn.result-changed
import torch
from torch import nn
class StackedRNN(nn.Module):
    def __init__(self,input_size,hidden_size,num_layers):
        super().__init__()
        s=[input_size]+[hidden_size]*(num_layers-1)
        self.a=nn.ModuleList(nn.Linear(n,hidden_size) for n in s); self.b=nn.ModuleList(nn.Linear(hidden_size,hidden_size,bias=False) for _ in s); self.kept={}
    def forward(self,x,h0=None):
        states,last=x,[]
        for l,below in enumerate(self.a):
            arr=below(states); states=[]; h=torch.zeros_like(arr[:,0]) if h0 is None else h0[l]
            for r in arr.unbind(1): h=torch.tanh(r+self.b[l](h)); states.append(h)
            states=torch.stack(states,1); last.append(h)
        h=torch.stack(last)
        if h.requires_grad: return states,h
        ko,kh=self.kept.setdefault((states.shape,h.dtype),(torch.empty_like(states),torch.empty_like(h)))
        ko.data.copy_(states); kh.data.copy_(h); return ko,kh
