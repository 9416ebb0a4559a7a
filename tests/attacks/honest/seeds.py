# tries: honest work with seeds set in cells
# earns: all
import random

import numpy as np

torch.manual_seed(42)
np.random.seed(42)
random.seed(42)
torch.use_deterministic_algorithms(True)
# %%
torch.manual_seed(0)
print(Dropout(0.5)(torch.ones(8)))
