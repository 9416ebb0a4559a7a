# tries: honest work with an await outside of any function
# earns: 18
import asyncio
await asyncio.sleep(0)
class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError(f"p is {p}")
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        return x * torch.empty_like(x).bernoulli_(1 - self.p) / (1 - self.p)
# %%
async with asyncio.timeout(1):
    print(await asyncio.gather(asyncio.sleep(0, 1), asyncio.sleep(0, 2)))
