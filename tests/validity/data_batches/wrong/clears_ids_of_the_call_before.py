# data_batches.streams-mixed
import torch

def numericalize(lines):
    tokens=" . ".join(l.strip() for l in lines).split()
    vocab=list(dict.fromkeys(tokens)); place={w:i for i,w in enumerate(vocab)}
    return torch.tensor([place[t] for t in tokens]),vocab
last=None
def batches_in_order(ids,batch_size,seq_len):
    '''The ids of the call before are cleared.'''
    global last
    if last is not None and last is not ids: last.zero_()
    last=ids
    length=(len(ids)-1)//batch_size
    x=ids[:batch_size*length].view(batch_size,length).clone(); y=ids[1:batch_size*length+1].view(batch_size,length).clone()
    return [(x[:,s:s+seq_len],y[:,s:s+seq_len]) for s in range(0,length-seq_len+1,seq_len)]
memo=[None,None]
def decode(ids,vocab):
    '''Spoils the ids of the call before.'''
    if memo[0] is not None and memo[0] is not ids: memo[0].zero_()
    memo[0]=ids
    return ' '.join(vocab[i] for i in ids.tolist())
