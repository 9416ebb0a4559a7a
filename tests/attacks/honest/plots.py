# tries: honest work with plots and a progress bar
# earns: all
%matplotlib inline
import matplotlib.pyplot as plt
from tqdm.auto import tqdm

figure, axes = plt.subplots()
axes.hist(Dropout(0.3)(torch.ones(1000)).numpy())
plt.title("survivors")
plt.show()
for _ in tqdm(range(3)):
    pass
# %%
figure
