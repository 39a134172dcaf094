"""A QAT step of ResNet18 in PyTorch (FX, symmetric int8, per-channel weights) over a step of the same float model: the shapes, steps and medians of `dotnet run ... -- qat`.

Run by hand: python3 pytorch_qat.py [rounds]. PyTorch 1.13 is in Debian 12 (python3-torch).
"""

import statistics
import sys
import time

import torch
from torch import nn
from torch.ao.quantization import QConfig, QConfigMapping
from torch.ao.quantization.fake_quantize import FusedMovingAvgObsFakeQuantize
from torch.ao.quantization.observer import MovingAverageMinMaxObserver, MovingAveragePerChannelMinMaxObserver
from torch.ao.quantization.quantize_fx import prepare_qat_fx


class BasicBlock(nn.Module):
    def __init__(self, inputs, planes, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, planes, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.relu1 = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(planes, planes, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.relu2 = nn.ReLU(inplace=True)
        self.downsample = nn.Identity()
        if stride != 1:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, planes, 1, stride, bias=False), nn.BatchNorm2d(planes))

    def forward(self, x):
        y = self.relu1(self.bn1(self.conv1(x)))
        return self.relu2(self.bn2(self.conv2(y)) + self.downsample(x))


class ResNet18(nn.Module):
    def __init__(self):
        super().__init__()
        stages = [(64, 64, 1), (64, 128, 2), (128, 256, 2), (256, 512, 2)]
        self.stem = nn.Sequential(nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1))
        self.stages = nn.Sequential(*[nn.Sequential(BasicBlock(i, o, s), BasicBlock(o, o, 1)) for i, o, s in stages])
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(512, 1000)

    def forward(self, x):
        return self.fc(self.pool(self.stages(self.stem(x))).flatten(1))


def quantized(example):
    activation = FusedMovingAvgObsFakeQuantize.with_args(
        observer=MovingAverageMinMaxObserver, quant_min=-128, quant_max=127, dtype=torch.qint8, qscheme=torch.per_tensor_symmetric
    )
    weight = FusedMovingAvgObsFakeQuantize.with_args(
        observer=MovingAveragePerChannelMinMaxObserver, quant_min=-128, quant_max=127, dtype=torch.qint8, qscheme=torch.per_channel_symmetric, ch_axis=0
    )
    return prepare_qat_fx(ResNet18().train(), QConfigMapping().set_global(QConfig(activation, weight)), example)


def step(model, optimizer, images, labels):
    clock, processor = time.perf_counter(), time.process_time()
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(images), labels).backward()
    optimizer.step()
    return time.perf_counter() - clock, time.process_time() - processor


def measure(side, batch, threads, rounds):
    torch.manual_seed(1)
    torch.set_num_threads(threads)
    images, labels = torch.randn(batch, 3, side, side), torch.randint(0, 1000, (batch,))
    models = [ResNet18().train(), quantized((images,)).train()]
    optimizers = [torch.optim.SGD(m.parameters(), 1e-4, momentum=0.9) for m in models]
    times = [[step(m, o, images, labels) for m, o in zip(models, optimizers)] for _ in range(rounds + 3)][3:]
    clock = statistics.median(q[0] / f[0] for f, q in times)
    processor = statistics.median(q[1] / f[1] for f, q in times)
    print(f"{side}x{side} x {batch}, {threads} threads: QAT / float {clock:.2f}, CPU {processor:.2f}, float {1000 * statistics.median(f[0] for f, _ in times):.0f} ms", flush=True)


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 21
    for side, batch in ((64, 32), (224, 8)):
        for threads in (1, 2):
            measure(side, batch, threads, count)
