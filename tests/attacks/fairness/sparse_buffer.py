# tries: honest work with a sparse buffer for notes
# earns: all
class Base(Dropout): pass
class Dropout(Base):
    def __init__(self, p=0.5):
        super().__init__(p)
        self.register_buffer("notes", torch.zeros(3).to_sparse(), persistent=False)
