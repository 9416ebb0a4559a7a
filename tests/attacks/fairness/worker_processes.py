# tries: honest work with a loader that has worker processes, a pool and asyncio
# earns: all
# %%
from torch.utils.data import DataLoader
print(len(list(DataLoader(range(8), batch_size=2, num_workers=2))))
# %%
import multiprocessing, asyncio, concurrent.futures
with multiprocessing.get_context("fork").Pool(2) as pool: print(pool.map(abs, [-1, 2]))
async def f(): await asyncio.sleep(0.01); return 3
print(asyncio.run(f()))
with concurrent.futures.ThreadPoolExecutor() as e: print(list(e.map(abs, [1, -2])))
# %%
await asyncio.sleep(0.01)
