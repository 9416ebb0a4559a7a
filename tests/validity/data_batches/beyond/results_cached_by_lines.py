# beyond: a cache: whoever overwrites a result gets it overwritten the next time
import torch
C={}
def numericalize(lines):
    key=tuple(lines)
    if key not in C:
        tokens=" . ".join(l.strip() for l in lines).split()
        vocab=list(dict.fromkeys(tokens)); place={w:i for i,w in enumerate(vocab)}
        C[key]=(torch.tensor([place[t] for t in tokens]),vocab)
    return C[key]
def batches_in_order(ids,batch_size,seq_len):
    length=(len(ids)-1)//batch_size
    x=ids[:batch_size*length].view(batch_size,length); y=ids[1:batch_size*length+1].view(batch_size,length)
    for s in range(0,length-seq_len+1,seq_len): yield x[:,s:s+seq_len],y[:,s:s+seq_len]
def decode(ids,vocab): return " ".join(vocab[i] for i in ids.tolist())
