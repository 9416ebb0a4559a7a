# tries: take all memory, in one piece
# earns: all
torch.ones(1 << 42)
