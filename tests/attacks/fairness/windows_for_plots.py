# tries: draw with backends that need a screen, as on the student's own computer
# earns: all
import os

kept, Dropout = Dropout, None
os.environ["MPLBACKEND"] = "QtAgg"
import matplotlib
import matplotlib.pyplot as plt

plt.plot([1, 2, 3])
matplotlib.use("TkAgg")
figure, axes = plt.subplots()
axes.plot([3, 1, 2])
figure.canvas.draw()
plt.show()
for backend in ("Qt5Agg", "GTK3Cairo", "WXAgg", "MacOSX", "nbAgg"):
    plt.switch_backend(backend)
    plt.figure()
    plt.bar([1, 2], [2, 1])
    plt.pause(0.01)
plt.savefig("bars.png")
Dropout = kept
