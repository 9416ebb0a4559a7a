# data_batches.result-changed
import torch
def numericalize(lines, vocab=[]):
    """The classic: a mutable default, emptied at each call."""
    vocab.clear()
    tokens=" . ".join(line.strip() for line in lines).split()
    for t in tokens:
        if t not in vocab: vocab.append(t)
    return torch.tensor([vocab.index(t) for t in tokens]), vocab
def batches_in_order(ids,batch_size,seq_len,batches=[]):
    batches.clear()
    length=(len(ids)-1)//batch_size
    x=ids[:batch_size*length].view(batch_size,length); y=ids[1:batch_size*length+1].view(batch_size,length)
    for s in range(0,length-seq_len+1,seq_len): batches.append((x[:,s:s+seq_len],y[:,s:s+seq_len]))
    return batches
def decode(ids,vocab): return " ".join(vocab[i] for i in ids.tolist())
