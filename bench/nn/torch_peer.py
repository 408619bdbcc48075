"""PyTorch's part of bench:nn, in a process of its own: torch_peer.py train|infer FOLDER THREADS eager|compile."""

import json
import resource
import sys
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

part, folder, threads, mode = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
torch.set_num_threads(threads)
task = json.loads((folder / "task.json").read_text())
x = torch.from_numpy(np.fromfile(folder / "x", np.float32).reshape(-1, task["width"]))
y = torch.from_numpy(np.fromfile(folder / "y", np.float32).reshape(-1, 1))
orders = torch.from_numpy(np.fromfile(folder / "orders", np.int32)).long().reshape(task["epochs"], -1)
flat = np.fromfile(folder / "parameters", np.float32)


def take(parameter, shape):
    """The next values of the flat vector; our weights are (inputs, outputs), PyTorch's (outputs, inputs)."""
    global flat
    count = int(np.prod(shape))
    values = torch.from_numpy(flat[:count].reshape(shape).copy())
    flat = flat[count:]
    with torch.no_grad():
        parameter.copy_(values.T if len(shape) == 2 else values)


class Ziln(torch.nn.Module):
    def __init__(self):
        super().__init__()
        widths = task["widths"]
        self.layers = torch.nn.ModuleList(torch.nn.Linear(a, b) for a, b in zip(widths, widths[1:]))
        for layer, a, b in zip(self.layers, widths, widths[1:]):
            take(layer.weight, (a, b))
            take(layer.bias, (b,))

    def forward(self, batch):
        for layer in self.layers[:-1]:
            batch = torch.relu(layer(batch))
        logit, mu, spread = self.layers[-1](batch).split(1, dim=1)
        return logit, mu, torch.sqrt(functional.softplus(spread) ** 2 + 1e-7)

    def loss(self, batch, target):
        logit, mu, sigma = self(batch)
        some = target > 0
        logarithm = torch.where(some, target, 1.0).log()
        likelihood = logarithm + sigma.log() + 0.5 * np.log(2 * np.pi) + 0.5 * ((logarithm - mu) / sigma) ** 2
        entropy = functional.binary_cross_entropy_with_logits(logit, some.float(), reduction="none")
        return (entropy + torch.where(some, likelihood, 0.0)).mean()


class Gru(torch.nn.Module):
    def __init__(self):
        super().__init__()
        inputs, hidden = task["inputs"], task["hidden"]
        self.gru = torch.nn.GRU(inputs, hidden, batch_first=True)
        self.head = torch.nn.Linear(hidden, 1)
        take(self.gru.weight_ih_l0, (inputs, 3 * hidden))
        take(self.gru.bias_ih_l0, (3 * hidden,))
        take(self.gru.weight_hh_l0, (hidden, 3 * hidden))
        take(self.gru.bias_hh_l0, (3 * hidden,))
        take(self.head.weight, (hidden, 1))
        take(self.head.bias, (1,))

    def loss(self, batch, target):
        states, _ = self.gru(batch.reshape(-1, task["steps"], task["inputs"]))
        return ((self.head(states[:, -1]) - target) ** 2).mean()


def train():
    network = Ziln() if task["name"] == "ziln" else Gru()
    loss_of = torch.compile(network.loss) if mode == "compile" else network.loss
    optimiser = torch.optim.Adam(network.parameters(), lr=task["learningRate"])
    losses, seconds, processor = [], [], []
    for order in orders:
        began, spent, total = time.perf_counter(), time.process_time(), 0.0
        for rows in order.split(task["batchRows"]):
            optimiser.zero_grad()
            loss = loss_of(x[rows], y[rows])
            loss.backward()
            optimiser.step()
            total += loss.detach() * len(rows)
        losses.append(float(total) / len(order))
        seconds.append(time.perf_counter() - began)
        processor.append(time.process_time() - spent)
    middle = lambda values: sorted(values[1:])[(len(values) - 2) // 2]
    return {
        "rowsPerSecond": task["rows"] / middle(seconds),
        "processorSecondsPerMillion": 1e6 * middle(processor) / task["rows"],
        "losses": losses,
        "firstEpochSeconds": seconds[0],
    }


def infer():
    network = Ziln().eval()
    features = x[: task["rows"]].repeat(1_000_000 // task["rows"], 1)

    def mean_of(batch):
        logit, mu, sigma = network(batch)
        return torch.sigmoid(logit) * torch.exp(mu + 0.5 * sigma**2)

    if mode == "compile":
        mean_of = torch.compile(mean_of)
    with torch.inference_mode():
        for rows in (16_384, len(features) % 16_384):
            mean_of(features[:rows])  # compiled, or warm
        began, spent, total = time.perf_counter(), time.process_time(), 0.0
        for batch in features.split(16_384):
            total += float(mean_of(batch).double().sum())
        seconds, processor = time.perf_counter() - began, time.process_time() - spent
    return {"rowsPerSecond": len(features) / seconds, "processorSecondsPerMillion": processor, "total": total}


result = train() if part == "train" else infer()
result["peakMb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps(result))
