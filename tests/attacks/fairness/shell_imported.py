# tries: honest work that imports IPython's shell, as exported notebooks do
# earns: 18
from IPython import get_ipython
from IPython.display import display, clear_output, HTML, Markdown
get_ipython().run_line_magic("matplotlib", "inline")
get_ipython().system("ls")
clear_output(wait=True)
display(HTML("<b>x</b>"), Markdown("*x*"))
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
