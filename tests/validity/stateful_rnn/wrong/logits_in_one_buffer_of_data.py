# stateful_rnn.result-changed
import torch
from torch import nn
class StatefulRNN(nn.Module):
    """Without a gradient, logits of a shape share one memory."""
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.embedding=nn.Embedding(vocab_size,hidden_size); self.hidden=nn.Linear(hidden_size,hidden_size); self.output=nn.Linear(hidden_size,vocab_size)
        self.kept={}; self.reset()
    def forward(self,x):
        h,states=self.h,[]
        for e in self.embedding(x).unbind(dim=1):
            h=torch.relu(self.hidden(h+e)); states.append(h)
        self.h=h.detach()
        out=self.output(torch.stack(states,dim=1))
        if out.requires_grad: return out
        k=self.kept.setdefault((out.shape,out.dtype),torch.empty_like(out)); k.data.copy_(out); return k
    def reset(self): self.h=0
