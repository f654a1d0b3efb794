"""Trains the tokenizer, then the model, on the stream of talk.py; writes build/tokenizer.json and build/model.pt."""
import argparse
import dataclasses
import itertools
import time

import torch
from torch import multiprocessing
from torch.nn import functional as F

import bpe
import facts
from check import HeldOut
from model import Llama, Shape
from muon import Muon
from seeds import WORKERS, seed_of, tokenizer_seed
from talk import Talk

ROW, LONG_ROW, LONG_EVERY = 160, 1024, 16
PLAIN = 0.03   # the share of running text


class Batches:
    """Rows of whole conversations, packed so that little is left empty."""

    def __init__(self, tokenizer, seed, tokens):
        self.tokenizer, self.tokens = tokenizer, tokens
        self.talk, self.long, self.drawn = Talk(seed), Talk(seed + 1), 0
        self.pool, self.heldout, self.left_out = [], HeldOut(), 0

    def next(self, long):
        """ids, targets (-1: not to be learnt) and document numbers, each (rows, row)."""
        width = LONG_ROW if long else ROW
        rows = [self._long_row() if long else self._row() for _ in range(self.tokens // width)]
        ids, said, document = (torch.zeros(len(rows), width + 1, dtype=torch.long) for _ in range(3))
        for r, row in enumerate(rows):
            at = 0
            for number, (text, marks) in enumerate(row):
                end = min(at + len(text), width + 1)
                ids[r, at:end], said[r, at:end] = torch.tensor(text[:end - at]), torch.tensor(marks[:end - at]).long()
                document[r, at:end], at = number + 1, end
        targets = torch.where((said[:, 1:] == 1) & (document[:, 1:] == document[:, :-1]), ids[:, 1:], -1)
        return ids[:, :-1], targets, document[:, :-1]

    def _draw(self):
        self.drawn += 1
        conversation = self._clean(self.talk)
        if self.long.rng.random() < PLAIN:
            text = [self.tokenizer.ids[bpe.BEGIN]] + self.tokenizer.encode(self.long.plain()) + [self.tokenizer.ids[bpe.END]]
            return text, [False] + [True] * (len(text) - 1)
        return self.tokenizer.chat(conversation)

    def _clean(self, talk, turns=None):
        """A conversation without a held-out template; chance makes one about once in 100,000."""
        while self.heldout.found(conversation := talk.conversation(turns)):
            self.left_out += 1
        return conversation

    def _row(self):
        row, left = [], ROW + 1
        while True:
            while len(self.pool) < 48:
                drawn = self._draw()
                if len(drawn[0]) <= ROW + 1:
                    self.pool.append(drawn)
            fits = [i for i, (text, _) in enumerate(self.pool) if len(text) <= left]
            if not fits:
                return row
            # The oldest goes first, so that long ones are not left behind; later ones fill the rest.
            chosen = fits[0] if left > ROW // 2 else max(fits, key=lambda i: len(self.pool[i][0]))
            row.append(self.pool.pop(chosen))
            left -= len(row[-1][0])

    def _long_row(self):
        return [self.tokenizer.chat(self._clean(self.long, self.long.rng.randint(12, 36)))]


def parameters(model):
    matrices = [p for name, p in model.named_parameters() if p.ndim == 2 and "embed" not in name]
    return matrices, [p for name, p in model.named_parameters() if p.ndim < 2 or "embed" in name]


class Shared:
    """Gradients averaged over the workers, through memory that all of them see."""

    def __init__(self, model, rank, gradients, barrier):
        self.parameters, self.rank, self.gradients, self.barrier = list(model.parameters()), rank, gradients, barrier

    def average(self):
        torch.cat([p.grad.view(-1) for p in self.parameters], out=self.gradients[self.rank])
        self.barrier.wait(timeout=600)
        mean = self.gradients.mean(0)
        for p, part in zip(self.parameters, mean.split([p.numel() for p in self.parameters])):
            p.grad.copy_(part.view_as(p))
        self.barrier.wait(timeout=600)


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--steps", type=int, default=1500)
    arguments.add_argument("--tokens", type=int, default=2560, help="in a step, of each worker")
    arguments = arguments.parse_args()
    build = facts.ROOT / "build"
    build.mkdir(exist_ok=True)

    shape, talk = Shape(), Talk(tokenizer_seed(arguments.seed))
    texts = (text for _ in range(40_000) for _, text in talk.conversation())
    bpe.Tokenizer(bpe.train(texts, shape.vocabulary)).save(build / "tokenizer.json")
    count = sum(p.numel() for p in Llama(shape).parameters())
    print(f"{count:,} parameters, {shape.vocabulary} tokens", flush=True)
    gradients, barrier = torch.zeros(WORKERS, count).share_memory_(), multiprocessing.Barrier(WORKERS)
    multiprocessing.start_processes(work, (arguments, build, shape, gradients, barrier), WORKERS, start_method="fork")


def work(rank, arguments, build, shape, gradients, barrier):
    torch.set_num_threads(1)
    torch.manual_seed(arguments.seed)
    model = Llama(shape)
    batches = Batches(bpe.load(build / "tokenizer.json"), seed_of(arguments.seed, rank), arguments.tokens)

    def save():
        torch.save({"shape": dataclasses.asdict(shape), "weights": model.state_dict()}, build / "model.pt")

    train(model, batches, arguments.steps, Shared(model, rank, gradients, barrier), save if rank == 0 else None)


def train(model, batches, steps, shared, save):
    matrices, others = parameters(model)
    optimizers = [Muon(matrices, lr=0.02), torch.optim.AdamW(others, lr=0.004, betas=(0.9, 0.98), weight_decay=0.0)]
    peaks = [group["lr"] for optimizer in optimizers for group in optimizer.param_groups]
    start, recent = time.monotonic(), []
    for step in range(steps):
        rate = min(1, (step + 1) / 30, 1.6 * (1 - step / steps))
        for group, peak in zip(itertools.chain.from_iterable(o.param_groups for o in optimizers), peaks):
            group["lr"] = peak * rate
        ids, targets, document = batches.next(long=step % LONG_EVERY == LONG_EVERY - 1)
        states = model(ids, document)[targets >= 0]
        loss = F.cross_entropy(model.logits(states), targets[targets >= 0])
        loss.backward()
        shared.average()
        for optimizer in optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        recent = (recent + [loss.item()])[-25:]
        if save and ((step + 1) % 25 == 0 or step + 1 == steps):
            spent = time.monotonic() - start
            print(f"step {step + 1}: loss {sum(recent) / len(recent):.4f}, {WORKERS * batches.drawn} conversations ({batches.left_out} left out), {spent:.0f} s", flush=True)
            save()


if __name__ == "__main__":
    main()
