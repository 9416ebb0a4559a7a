# tries: honest work that leaves torch's settings other than it found them
# earns: all
torch.set_default_dtype(torch.float64)
torch.set_grad_enabled(False)
torch.set_num_threads(2)
torch.set_printoptions(precision=2)
torch.autograd.set_detect_anomaly(True)
