# tries: honest work that leaves other settings behind than the suite's
# earns: all
import sys, signal, faulthandler, gc, warnings, random, os
import numpy as np
torch.set_grad_enabled(False); torch.autograd.set_detect_anomaly(True); torch.use_deterministic_algorithms(True)
torch.set_default_dtype(torch.float64); torch.set_printoptions(precision=2); torch.inference_mode(True).__enter__()
torch.set_flush_denormal(True); torch.set_num_threads(3); torch._C._set_grad_enabled(False)
np.seterr(all="raise"); sys.setrecursionlimit(5000); faulthandler.enable(open("x", "w")); gc.disable(); gc.set_threshold(1)
warnings.simplefilter("error"); random.seed(0); os.environ["X"] = "1"; os.makedirs("a/b"); os.chdir("a/b"); signal.signal(signal.SIGINT, signal.default_int_handler)
sys.stdout.flush(); sys.path.insert(0, "."); sys.setswitchinterval(1e-4); sys.excepthook = None
