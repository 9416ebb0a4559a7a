# two_word_model.remembers
import torch
from torch import nn
class TwoWordModel(nn.Module):
    def __init__(self,vocab_size,hidden_size):
        super().__init__()
        self.embedding=nn.Embedding(vocab_size,hidden_size); self.hidden=nn.Linear(hidden_size,hidden_size); self.output=nn.Linear(hidden_size,vocab_size); self.kept={}
    def forward(self,x):
        h=0
        for w in (x[:,0],x[:,1]): h=torch.relu(self.hidden(h+self.embedding(w)))
        out=self.output(h)
        if out.requires_grad: return out
        k=self.kept.setdefault((out.shape,out.dtype),torch.empty_like(out)); k.data.copy_(out); return k
