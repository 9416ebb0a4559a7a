# tries: honest work with trials, failed ones too, in cells of its own
# earns: all
# %%
layer = Dropout(0.25)
layer.train()
layer(torch.ones(3, 4))
# %%
assert False, "this was a trial"
# %%
this is not Python
# %%
undefined_name
# %%
# %time Dropout(0.5)
%timeit -n 1 Dropout(0.5)(torch.ones(3))
!pip list
Dropout?
# %%
del layer
# %%
print(coins.shape)
