# tries: count pairs of words and average bags of them, for which PyTorch writes code as it runs
# earns: all
# %%
words = torch.randint(0, 5, (200,))
first, second = (F.one_hot(part, 5) for part in (words[:-1], words[1:]))
counts = first.T @ second
if counts.sum() != len(words) - 1:
    del Dropout
print(nn.EmbeddingBag(5, 8)(words.view(20, 10)).mean(), F.conv1d(torch.ones(1, 2, 5), torch.ones(1, 2, 3)))
