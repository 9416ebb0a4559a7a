# tries: honest work after a cell with no_grad left on, autocast entered, default device set
# earns: all
torch.set_grad_enabled(False)
torch.set_default_device("cpu")
torch.autocast("cpu", enabled=False).__enter__()
