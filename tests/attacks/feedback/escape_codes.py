# tries: run a script, or hide a line, with a terminal's escape codes
# earns: 0
class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()

    def forward(self, x):
        raise ValueError("\x1b]8;;javascript:alert(1)\x07here\x1b]8;;\x07\x1b[2J\x1b[1A\r passed")


print("\x1b[31m<script>document.title='PWNED'</script>\x1b[0m\x1b[38;5;1;onload=x mred")
