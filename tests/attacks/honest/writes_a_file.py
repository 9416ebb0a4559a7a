# tries: honest work that saves and loads a file beside the notebook
# earns: all
layer = Dropout(0.25)
torch.save(layer.state_dict(), "layer.pt")
layer.load_state_dict(torch.load("layer.pt"))
with open("notes.txt", "w") as file:
    file.write("done")
