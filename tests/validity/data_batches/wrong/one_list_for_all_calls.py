# data_batches.streams-mixed
import torch

def numericalize(lines):
    tokens=" . ".join(l.strip() for l in lines).split()
    vocab=list(dict.fromkeys(tokens)); place={w:i for i,w in enumerate(vocab)}
    return torch.tensor([place[t] for t in tokens]),vocab
kept={}
def batches_in_order(ids,batch_size,seq_len):
    '''One list for all calls: the second call empties what the first returned.'''
    found=kept.setdefault('found',[])
    found.clear()
    length=(len(ids)-1)//batch_size
    x=ids[:batch_size*length].view(batch_size,length); y=ids[1:batch_size*length+1].view(batch_size,length)
    found += [(x[:,s:s+seq_len],y[:,s:s+seq_len]) for s in range(0,length-seq_len+1,seq_len)]
    return found
def decode(ids,vocab): return ' '.join(vocab[i] for i in ids.tolist())
