# data_batches.result-changed
import torch
vocab=[]
def numericalize(lines):
    """A natural slip: the vocabulary lives outside and is emptied at each call."""
    vocab.clear()
    ids=[]
    for word in " . ".join(line.strip() for line in lines).split():
        if word not in vocab: vocab.append(word)
        ids.append(vocab.index(word))
    return torch.tensor(ids),vocab
def batches_in_order(ids,batch_size,seq_len):
    length=(len(ids)-1)//batch_size
    x=ids[:batch_size*length].view(batch_size,length); y=ids[1:batch_size*length+1].view(batch_size,length)
    return [(x[:,s:s+seq_len],y[:,s:s+seq_len]) for s in range(0,length-seq_len+1,seq_len)]
def decode(ids,vocab): return " ".join(vocab[i] for i in ids.tolist())
