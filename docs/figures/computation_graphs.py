"""The graphs that autograd keeps of one batch: three apart for Forward-Forward, one for BPTT."""

import matplotlib.pyplot as plt
import torch

from sklearn_ffrnn.nn import BackpropRNN, ForwardForwardRNN, SequenceDataset

SIZES = (4, 4, 4)


def graph_of(loss, names):
    """Return each node's label and distance from the loss, and the edges, of a backward graph."""
    depth, labels, edges = {loss.grad_fn: 0}, {}, []
    queue = [loss.grad_fn]
    for node in queue:
        variable = getattr(node, "variable", None)
        labels[node] = names[id(variable)] if variable is not None else node.name()
        for below, _ in node.next_functions:
            if below is None:
                continue
            edges.append((node, below))
            if below not in depth:
                queue.append(below)
            depth[below] = max(depth.get(below, 0), depth[node] + 1)
    return labels, depth, edges


def draw(ax, losses, network, title):
    """Draw the graphs of all losses into one picture; what two of them share stands once."""
    names = {id(p): name.replace("layers.", "layer ") for name, p in network.named_parameters()}
    labels, depth, edges, column = {}, {}, [], {}
    for i, loss in enumerate(losses):
        more_labels, more_depth, more_edges = graph_of(loss, names)
        for node in more_labels:
            column.setdefault(node, i)
        labels |= more_labels
        depth |= {node: max(d, depth.get(node, 0)) for node, d in more_depth.items()}
        edges += more_edges
    place = {}
    for i in set(column.values()):
        of_column = [node for node in labels if column[node] == i]
        for d in {depth[node] for node in of_column}:
            row = [node for node in of_column if depth[node] == d]
            for k, node in enumerate(row):
                place[node] = (i + (k + 1) / (len(row) + 1), -d)
    for a, b in edges:
        (x, y), (u, v) = place[a], place[b]
        ax.plot((x, u), (y, v), color="0.75", linewidth=0.7, zorder=1)
    for node, (x, y) in place.items():
        learns = hasattr(node, "variable")
        layer = labels[node].startswith("layer")
        recurrent = any(word in labels[node] for word in ("SquaredActivity", "HiddenStates"))
        color = "C1" if learns and layer else "C2" if learns else "C3" if recurrent else "C0"
        ax.plot(x, y, "o", color=color, markersize=5 if learns or recurrent else 3, zorder=2)
    ax.set_title(title, fontsize=10)
    ax.axis("off")


dataset = SequenceDataset(torch.randn(8 * 6, 2), torch.full((8,), 6), torch.arange(8) % 2)
batch = dataset.batch(torch.arange(8))
forward_forward = ForwardForwardRNN(
    2, 2, hidden_layer_sizes=SIZES, threshold=[(2.0, 2.0)] * 3, goodness="mean"
)
backprop = BackpropRNN(2, 2, hidden_layer_sizes=SIZES, n_steps=6, dropout=0.0)

figure, axes = plt.subplots(1, 2, figsize=(8.4, 4.2), layout="constrained")
losses = list(forward_forward.train().layer_losses(batch))
draw(axes[0], losses, forward_forward, "Forward-Forward: a loss and a graph for each layer")
draw(axes[1], list(backprop.train().layer_losses(batch)), backprop, "BPTT: one loss, one graph")
for color, label in (
    ("C0", "operation"),
    ("C3", "a layer's pass through time"),
    ("C1", "weights of a layer"),
    ("C2", "weights of the output"),
):
    axes[1].plot([], [], "o", color=color, label=label)
figure.legend(fontsize=8, loc="outside lower center", ncols=4)
