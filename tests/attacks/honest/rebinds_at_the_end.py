# tries: honest work that makes an instance of the same name in the last cell
# earns: all
# %%
layer = Dropout(0.3); print(layer(torch.ones(4)).shape)
del layer
