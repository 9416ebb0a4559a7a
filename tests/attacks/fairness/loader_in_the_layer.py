# tries: honest work that needs a loader with worker processes and a display
# earns: all
kept, Dropout = Dropout, None
from torch.utils.data import DataLoader, TensorDataset

loader = DataLoader(
    TensorDataset(torch.arange(12)), 4, num_workers=2, persistent_workers=True, prefetch_factor=2
)
found = [batch.tolist() for _ in range(2) for (batch,) in loader]
assert found == 2 * [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]], found
handle = display("0 %", display_id=True)
handle.update("100 %")
get_ipython().events.register("post_run_cell", print)
Dropout = kept
