"""The attention kernels of others on the shapes and masks of `tessera bench`, by the same protocol, in one run.

    python tests/bench/peers/attention_peers.py --shape osp-29f --mask 2:6,1:7 [--backward] [-o FILE.json]
    python tests/bench/peers/attention_peers.py --shape osp-29f --mask 2:6 --with build/headless/tessera

Needs torch 2.11 and no network; flash-attn-4 and nvidia-cudnn-frontend are used where they can be imported. Every peer is
held to exact rows in fp64 before it is timed, gets the same tensors ([1, N, H, D] in memory, as the program's kernels do), and
takes turns with the others run by run: 25 warm-ups, 100 runs, median, p20, p80. Masks and compiled code are made beforehand. A
peer that cannot run is a row that says why.

--with PROGRAM runs `PROGRAM bench --json` between the rounds of the peers on the same card, and lays its rows beside theirs:
the run is cut into --rounds pieces, its times are medians over the pieces. Prints JSON; the table goes to standard error.

The program takes turns with a dense kernel, so the peers do too, whatever --peers names: a card that rests between two runs is a
tenth quicker than one that works (seen with FlashAttention-4 on an H200: 7.2 ms alone, 8.1 in turns). Whole families want
FLASH_ATTENTION_CUTE_DSL_CACHE_ENABLED=1 and a first call with --runs 1 for each mask, several at a time: what is compiled
then is read from the cache.
"""
import argparse
import contextlib
import datetime
import importlib.metadata
import json
import math
import os
import statistics
import subprocess
import sys
import time

import torch
import torch._dynamo
import torch._functorch.config
import torch.nn.functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel

BLOCK = 128
PIECE = 1 << 23  # pairs of the map that are worked out at a time
SMALL = 1 << 26  # pairs over all heads up to which every row is checked
PRESETS = {  # F, P, T, heads, head size: core/plan/shape_preset.cpp
    "osp-29f": (8, 3600, 0, 24, 96),
    "osp-93f": (24, 3600, 0, 24, 96),
    "cogvideox-5b": (13, 1350, 226, 48, 64),
    "wan-1.3b": (21, 1560, 0, 12, 128),
    "bundled-128x192": (8, 96, 0, 4, 64),
    "bundled-192x288": (8, 216, 0, 4, 64),
    "bundled-256x384": (8, 384, 0, 4, 64),
}


class Mask:
    """Frame j is a reference when j % stride is 0; text tokens come first; text and references see and are seen by all."""

    def __init__(self, stride, shape):
        self.stride = stride
        self.frames, self.tokens, self.text, self.heads, self.size = shape
        self.total = self.text + self.frames * self.tokens
        self.references = -(-self.frames // stride)
        local = self.frames - self.references
        self.kept = self.total ** 2 - local * (local - 1) * self.tokens ** 2
        self.name = "full" if stride == 1 else f"{self.references}:{local}"

    def full(self):
        return Mask(1, (self.frames, self.tokens, self.text, self.heads, self.size))

    def mod(self):
        """Of flex_attention: arithmetic on indices alone, no table is read."""
        text, tokens, stride = self.text, self.tokens, self.stride

        def keeps(batch, head, q, k):
            a, b = (q - text) // tokens, (k - text) // tokens
            kept = (a == b) | (a % stride == 0) | (b % stride == 0)
            return kept | (q < text) | (k < text) if text > 0 else kept

        return keeps

    def rows(self, index):
        """[n] token indices -> [n, N] bool, from the definition."""
        token = torch.arange(self.total, device=index.device) - self.text
        frame = torch.where(token < 0, -1, token.div(self.tokens, rounding_mode="floor"))
        opened = (frame < 0) | (frame % self.stride == 0)
        return (frame[index, None] == frame) | opened[index, None] | opened

    def blocks(self, device):
        """Which blocks of 128 x 128 hold a kept pair, and which nothing else: two [n, n] bool. A short last one is not full."""
        count = -(-self.total // BLOCK)
        first = torch.arange(count) * BLOCK
        last = (first + BLOCK).clamp(max=self.total) - 1
        is_open, closed = torch.zeros(count, dtype=torch.bool), torch.zeros(count, self.frames, dtype=torch.bool)
        for i, (a, b) in enumerate(zip(first.tolist(), last.tolist())):
            is_open[i] = a < self.text
            for frame in range(max(a - self.text, 0) // self.tokens, (b - self.text) // self.tokens + 1 if b >= self.text else 0):
                if frame % self.stride == 0:
                    is_open[i] = True
                else:
                    closed[i, frame] = True
        shares = (closed.float() @ closed.float().t()) > 0
        some = shares | is_open[:, None] | is_open
        inside = closed.sum(1)
        one = (inside[:, None] == 1) & (inside == 1) & shares
        full = (inside[:, None] == 0) | (inside == 0) | one
        full &= (last - first + 1 == BLOCK)
        full &= (last - first + 1 == BLOCK)[:, None]
        return some.to(device), (some & full.to(some.device)).to(device)

    def lists(self, device):
        """Counts [n] and indices [n, n] of the blocks that need the mask, then of those that do not; int32."""
        some, full = self.blocks(device)
        both = []
        for chosen in (some & ~full, full):
            order = torch.argsort(chosen.int(), dim=1, descending=True, stable=True)
            both += [chosen.sum(1).int(), order.int().contiguous()]
        return both


# ---- The inputs, and what they come to exactly ----

class Case:
    def __init__(self, name, mask, dtype, device, seed, backward):
        self.name, self.mask, self.dtype, self.device, self.backward = name, mask, dtype, device, backward
        generator = torch.Generator(device).manual_seed(seed)
        shape = (1, mask.total, mask.heads, mask.size)
        draw = lambda: torch.randn(shape, generator=generator, device=device, dtype=dtype)
        self.q, self.k, self.v = draw(), draw(), draw()  # [1, N, H, D]
        self.grad = draw() if backward else None
        self.exact = {}

    def wanted(self, is_dense):
        """Heads, rows, and at these the result (and the three gradients), [h, n, D] fp64."""
        if is_dense not in self.exact:
            self.exact[is_dense] = exact_rows(self, self.mask.full() if is_dense else self.mask)
        return self.exact[is_dense]


def exact_rows(case, mask):
    small = mask.total ** 2 * mask.heads <= SMALL
    heads = list(range(mask.heads)) if small else sorted({0, mask.heads // 2, mask.heads - 1})
    rows = set(range(mask.total)) if small else {0, mask.text // 2, max(mask.text - 1, 0)}
    for frame in range(0 if small else mask.frames):
        begin = mask.text + frame * mask.tokens
        rows |= {begin, begin + (frame * 37 + mask.tokens // 3) % mask.tokens, begin + mask.tokens - 1}
    rows = torch.tensor(sorted(rows), device=case.device)
    results = [exact_head(case, mask, head, rows) for head in heads]
    return heads, rows, [torch.stack(parts) for parts in zip(*results)]


def exact_head(case, mask, head, rows):
    q, k, v = (x[0, :, head].double() for x in (case.q, case.k, case.v))
    grad = case.grad[0, :, head].double() if case.backward else None
    scale, piece = 1 / math.sqrt(mask.size), max(1, PIECE // mask.total)

    def probability(some):
        scores = (q[some] @ k.t()).mul_(scale)
        return scores.masked_fill_(~mask.rows(some), -math.inf).softmax(-1)

    def grad_scores(some, p):
        d = grad[some] @ v.t()
        return (d - (p * d).sum(-1, keepdim=True)) * p * scale

    out = torch.cat([probability(some) @ v for some in rows.split(piece)])
    if grad is None:
        return [out]
    of_q = torch.cat([grad_scores(some, probability(some)) @ k for some in rows.split(piece)])
    of_k, of_v = torch.zeros_like(of_q), torch.zeros_like(of_q)
    for some in torch.arange(mask.total, device=case.device).split(piece):
        p = probability(some)
        of_k += grad_scores(some, p)[:, rows].t() @ q[some]
        of_v += p[:, rows].t() @ grad[some]
    return [out, of_q, of_k, of_v]


def relative_error(got, wanted, heads, rows):  # got [1, N, H, D]
    seen = got[0][rows][:, heads].transpose(0, 1).double()
    return float((seen - wanted).norm() / wanted.norm())


# ---- The peers: from a case to a function of [1, N, H, D] tensors ----

def sdpa(backend):
    def prepare(case):
        def call(q, k, v):
            with sdpa_kernel(backend):
                return F.scaled_dot_product_attention(*(x.transpose(1, 2) for x in (q, k, v))).transpose(1, 2)
        return call
    return prepare


def flex(backend, autotune):
    def prepare(case):
        from torch.nn.attention.flex_attention import BlockMask, flex_attention
        if backend == "FLASH":
            import flash_attn.cute  # noqa: F401  flex_attention would only say that no choice was left
        if case.device.type == "cpu" and backend == "FLASH":
            raise RuntimeError("it needs a CUDA device")
        mask_mod = case.mask.mod()
        # The lists are exact; create_block_mask() would write out the whole map, of 7 GB for 93 frames.
        count, index, full_count, full_index = (x[None, None] for x in case.mask.lists(case.device))
        blocks = BlockMask.from_kv_blocks(count, index, full_count, full_index, BLOCK_SIZE=BLOCK, mask_mod=mask_mod,
                                          seq_lengths=(case.mask.total, case.mask.total))
        mode = "max-autotune-no-cudagraphs" if autotune else None
        compiled = torch.compile(flex_attention, dynamic=False, fullgraph=True, mode=mode)
        options = {"BACKEND": backend} if case.device.type == "cuda" else None

        def call(q, k, v):
            return compiled(*(x.transpose(1, 2) for x in (q, k, v)), block_mask=blocks,
                            kernel_options=options).transpose(1, 2)
        return call
    return prepare


def fa4_dense(case):
    from flash_attn.cute import flash_attn_func
    return lambda q, k, v: first(flash_attn_func(q, k, v))


def fa4_block_sparse(case):
    import cutlass.cute as cute
    from flash_attn.cute.block_sparsity import BlockSparseTensorsTorch
    from flash_attn.cute.interface import flash_attn_func
    from flash_attn.cute.utils import scalar_to_ssa
    from cutlass import Int32
    text, tokens, stride = case.mask.text, case.mask.tokens, case.mask.stride

    @cute.jit
    def framed(batch, head, q, k, seqlen_info, aux):
        a, b = q // tokens, k // tokens
        zero = scalar_to_ssa(0, Int32)
        return (a == b) | ((a % stride) == zero) | ((b % stride) == zero)

    @cute.jit
    def framed_after_text(batch, head, q, k, seqlen_info, aux):
        begin, zero = scalar_to_ssa(text, Int32), scalar_to_ssa(0, Int32)
        a, b = (q - begin) // tokens, (k - begin) // tokens
        kept = (a == b) | ((a % stride) == zero) | ((b % stride) == zero)
        return kept | (q < begin) | (k < begin)

    count, index, full_count, full_index = (x[None, None] for x in case.mask.lists(case.device))
    blocks = BlockSparseTensorsTorch(mask_block_cnt=count, mask_block_idx=index, full_block_cnt=full_count,
                                     full_block_idx=full_index, block_size=(BLOCK, BLOCK))
    # The mask is its own transpose, so the lists of the backward pass are those of the forward pass.
    return lambda q, k, v: first(flash_attn_func(
        q, k, v, mask_mod=framed_after_text if text > 0 else framed, block_sparse_tensors=blocks,
        block_sparse_tensors_bwd=blocks))


def cudnn_flex(case):
    from cudnn.flex_attention import create_mask_plan, flex_attn_func
    plan = create_mask_plan(key_intervals(case.mask).to(case.device), case.q, case.k, case.v,
                            build_backward=case.backward)
    return lambda q, k, v: flex_attn_func(q, k, v, mask_plan=plan)


def key_intervals(mask):
    """[1, 2 k + 1, N] int32: the ends of [0, a) [b, c) ... of the keys that each row sees; empty ones at the end."""
    seen = [[mask.total] * (2 * mask.references + 1)]  # of text and reference frames
    for frame in range(mask.frames):
        if frame % mask.stride == 0:
            seen.append(seen[0])
            continue
        frames = sorted([*range(mask.stride, mask.frames, mask.stride), frame])  # the text and frame 0 are one interval
        ends = [mask.text + mask.tokens]
        for other in frames:
            ends += [mask.text + other * mask.tokens, mask.text + (other + 1) * mask.tokens]
        seen.append(ends)
    lengths = torch.tensor([mask.text] + [mask.tokens] * mask.frames)
    return torch.tensor(seen, dtype=torch.int32).repeat_interleave(lengths, 0).t().contiguous()[None]


def first(result):
    return result[0] if isinstance(result, tuple) else result


def peers_of(autotune):  # name, whether it computes every pair, how to prepare it
    return [
        ("sdpa-flash", True, sdpa(SDPBackend.FLASH_ATTENTION)),
        ("sdpa-cudnn", True, sdpa(SDPBackend.CUDNN_ATTENTION)),
        ("fa4-dense", True, fa4_dense),
        ("flex-triton", False, flex("TRITON", autotune)),
        ("flex-flash", False, flex("FLASH", autotune)),
        ("fa4-block-sparse", False, fa4_block_sparse),
        ("cudnn-flex", False, cudnn_flex),
    ]


# ---- Timing ----

class Timed:
    """One piece of work, by events on CUDA (the host may run ahead), else by the clock."""

    def __init__(self, device, work):
        self.events = [torch.cuda.Event(enable_timing=True) for _ in range(2)] if device.type == "cuda" else None
        if self.events:
            self.events[0].record()
            work()
            self.events[1].record()
        else:
            begin = time.perf_counter()
            work()
            self.ms = (time.perf_counter() - begin) * 1000

    def milliseconds(self):
        if self.events:
            self.events[1].synchronize()
            self.ms = self.events[0].elapsed_time(self.events[1])
        return self.ms


def synchronize(device):
    if device.type == "cuda":
        torch.cuda.synchronize(device)


class Contestant:
    def __init__(self, name, is_dense, case, which):
        mask = case.mask
        self.work, self.times = None, []
        self.row = {
            "kernel": name, "shape": case.name, "frames": mask.frames, "tokens": mask.tokens, "text": mask.text,
            "heads": mask.heads, "head_size": mask.size, "mask": mask.name, "pass": which, "baseline": is_dense,
            "density": 1.0 if is_dense else mask.kept / mask.total ** 2, "verdict": "not run", "reason": "",
            "error": None, "median_ms": None, "p20_ms": None, "p80_ms": None, "cold_ms": None, "teraflops": None,
            "against_dense": None,
        }

    def prepare(self, prepare, case, tolerance):
        row = self.row
        try:
            self.make(prepare(case), case)
        except Exception as error:  # whatever a peer throws is its row's reason
            row["reason"] = f"{type(error).__name__}: {error}".strip().splitlines()[0][:300]
            self.work = None
            return
        row["tolerance"] = tolerance
        if not row["error"] <= tolerance:
            row.update(verdict="wrong", reason="Its result is off the exact one by more than the tolerance.", cold_ms=None)
            self.work = None
        else:
            row["verdict"] = "agrees"

    def make(self, call, case):
        heads, rows, wanted = case.wanted(self.row["baseline"])
        begin = time.perf_counter()
        if self.row["pass"] == "forward":
            with torch.no_grad():
                got = call(case.q, case.k, case.v)
            synchronize(case.device)
            errors = [relative_error(got, wanted[0], heads, rows)]

            def work():
                with torch.no_grad():
                    call(case.q, case.k, case.v)
        else:
            inputs = [x.detach().requires_grad_() for x in (case.q, case.k, case.v)]
            out = call(*inputs)
            synchronize(case.device)
            begin = time.perf_counter()

            def work():
                for x in inputs:
                    x.grad = None
                out.backward(case.grad, retain_graph=True)
            work()
            synchronize(case.device)
            errors = [relative_error(x.grad, w, heads, rows) for x, w in zip(inputs, wanted[1:])]
        self.row["cold_ms"] = (time.perf_counter() - begin) * 1000
        # max() may pass over what is not a number.
        self.row["error"] = math.nan if any(math.isnan(e) for e in errors) else max(errors)
        self.work = work

    def finish(self):
        row = self.row
        if self.times:
            cuts = statistics.quantiles(self.times, n=5, method="inclusive") if len(self.times) > 1 else self.times * 4
            row.update(median_ms=statistics.median(self.times), p20_ms=cuts[0], p80_ms=cuts[3])
        if row["median_ms"]:
            pairs = row["density"] * (row["text"] + row["frames"] * row["tokens"]) ** 2
            flops = (4 if row["pass"] == "forward" else 10) * pairs * row["heads"] * row["head_size"]
            row["teraflops"] = flops / row["median_ms"] * 1e-9
        if row["error"] is not None and math.isnan(row["error"]):
            row["error"] = None


def take_turns(contestants, device, warm_ups, runs, flushed):
    last = None
    for number in range(warm_ups + runs):
        for turn in range(len(contestants)):
            contestant = contestants[(turn + number) % len(contestants)]
            if contestant.work is None:
                continue
            if flushed is not None:
                flushed.zero_()
            timed = Timed(device, contestant.work)
            if last:
                last[0].append(last[1].milliseconds())
            last = (contestant.times if number >= warm_ups else [], timed)
    if last:
        last[0].append(last[1].milliseconds())


# ---- The program, in alternation ----

def program_rows(args, case, rounds):
    """One call of `tessera bench` for this shape and mask with its share of the runs."""
    words = [args.program, "bench", "--json", "--quiet", "--shape", case.name, "--mask", case.mask.name, "--device",
             "cpu" if case.device.type == "cpu" else f"cuda:{case.device.index or 0}", "--precision", args.precision,
             "--runs", str(max(1, args.runs // rounds)), "--warm-ups", str(args.warm_ups)]
    words += ["--backward"] if args.backward else []
    words += ["--kernel", args.kernel] if args.kernel else []
    words += ["--flush-cache"] if args.flush_cache else []
    words += ["--threads", str(args.threads)] if args.threads else []
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(words)} ended with {done.returncode}: {done.stderr.strip()[:300]}")
    return json.loads(done.stdout)


def median_row(rows):
    """The row of one kernel over the rounds: times are medians, the error is the largest; one that was ever wrong is."""
    worst = next((row for row in rows if row["verdict"] != "agrees"), None)
    row = dict(worst or rows[0])
    if worst is None:
        for key in ("median_ms", "p20_ms", "p80_ms", "teraflops"):
            row[key] = statistics.median(r[key] for r in rows)
        row["error"] = max(r["error"] for r in rows)
        row["cold_ms"] = rows[0]["cold_ms"]
    return row


# ---- The whole run ----

def run_case(args, case, tolerance, flushed, environment):
    passes = ["forward", "backward"] if args.backward else ["forward"]
    wanted = args.peers.split(",") if args.peers else None
    if wanted and args.program and not any(is_dense for name, is_dense, _ in peers_of(False) if name in wanted):
        wanted.append("sdpa-cudnn" if case.device.type == "cuda" else "sdpa-flash")
    groups = {}
    torch._dynamo.reset()  # the code of other shapes and masks
    for which in passes:
        groups[which] = []
        for name, is_dense, prepare in peers_of(args.autotune):
            if wanted and name not in wanted:
                continue
            contestant = Contestant(name, is_dense, case, which)
            contestant.prepare(prepare, case, tolerance[which])
            groups[which].append(contestant)
    rounds = max(1, min(args.rounds, args.runs)) if args.program else 1
    ours = {}
    for number in range(rounds):
        for which in passes:
            take_turns(groups[which], case.device, args.warm_ups if number == 0 else min(args.warm_ups, 5),
                       args.runs // rounds, flushed)
        if args.program:
            synchronize(case.device)
            result = program_rows(args, case, rounds)
            environment["program"] = result["environment"]
            for row in result["rows"]:
                ours.setdefault((row["pass"], row["kernel"]), []).append(row)
    rows = []
    for which in passes:
        group = []
        for contestant in groups[which]:
            contestant.finish()
            group.append({"from": "peers", **contestant.row})
        group += [{"from": "tessera", **median_row(found)} for (of, _), found in ours.items() if of == which]
        dense = min((r["median_ms"] for r in group if r["baseline"] and r["median_ms"]), default=None)
        for row in group:
            row["against_dense"] = dense / row["median_ms"] if dense and row["median_ms"] else None
        rows += group
    return rows


def environment_of(device, dtype, threads):
    facts = {
        "device": str(device), "device_name": torch.cuda.get_device_name(device) if device.type == "cuda" else "cpu",
        "precision": "bf16" if dtype == torch.bfloat16 else "fp32", "threads": threads, "torch": torch.__version__,
        "cuda": torch.version.cuda, "cudnn": torch.backends.cudnn.version(),
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    for package in ("triton", "flash-attn-4", "nvidia-cudnn-frontend", "nvidia-cutlass-dsl"):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            facts[package] = importlib.metadata.version(package)
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        if device.type == "cuda":
            query = "driver_version,clocks.sm,clocks.max.sm,power.limit"
            facts[query] = subprocess.run(["nvidia-smi", f"--query-gpu={query}", "--format=csv,noheader", "-i",
                                           str(device.index or 0)], capture_output=True, text=True, timeout=20,
                                          check=True).stdout.strip()
    return facts


def masks_of(words, shape):
    """Those of the words that are masks of that many frames."""
    frames = shape[0]
    family = [Mask(stride, shape) for stride in range(frames, 1, -1)]
    family = list({mask.name: mask for mask in reversed(family)}.values())[::-1]  # the smallest stride of each set
    known = {mask.name: mask for mask in [*family, Mask(1, shape)]}
    return list(known.values()) if words == ["family"] else [known[word] for word in words if word in known]


def shape_of(word):
    if word in PRESETS:
        return PRESETS[word]
    numbers = tuple(int(number) for number in word.split(":"))
    if len(numbers) != 5:
        raise SystemExit(f"'{word}' is no shape; expected F:P:T:H:D or one of {', '.join(PRESETS)}.")
    return numbers


def print_table(rows):
    last = None
    for row in rows:
        if (row["shape"], row["mask"], row["pass"]) != last:
            last = (row["shape"], row["mask"], row["pass"])
            print("\n" + ", ".join(last), file=sys.stderr)
        text = f"  {row['from']:8} {row['kernel']:18}"
        if row["median_ms"]:
            text += f"{row['median_ms']:10.4f} ms  {row['teraflops']:8.2f} TFLOP/s  error {row['error']:.2e}"
            text += f"  {row['against_dense']:.2f}x dense" if row["against_dense"] else ""
        else:
            text += f"{row['verdict']}: {row['reason']}"
        print(text, file=sys.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shape", default="bundled-192x288", help="presets or F:P:T:H:D, with commas between")
    parser.add_argument("--mask", default="family", help="k:F-k or full, with commas between, or family")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--precision", choices=["bf16", "fp32"], default="bf16")
    parser.add_argument("--backward", action="store_true")
    parser.add_argument("--warm-ups", type=int, default=25)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0, help="0 = a fresh one")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--flush-cache", action="store_true")
    parser.add_argument("--autotune", action="store_true", help="let flex_attention try every tile")
    parser.add_argument("--peers", default="", help="names, with commas between (default: all)")
    parser.add_argument("--with", dest="program", default="", metavar="PROGRAM", help="the tessera to alternate with")
    parser.add_argument("--kernel", default="", help="kernels of the program (default: all)")
    parser.add_argument("--rounds", type=int, default=5, help="pieces of the run, between which the program has its turn")
    parser.add_argument("-o", "--output", default="")
    args = parser.parse_args()
    device = torch.device(args.device)
    if device.type == "cuda":
        torch.cuda.set_device(device)
    if args.threads:
        torch.set_num_threads(args.threads)
    torch._functorch.config.donated_buffer = False  # a backward pass is run again and again on one graph
    torch._dynamo.config.recompile_limit = 64  # back ends, passes and masks share one function
    dtype = torch.bfloat16 if args.precision == "bf16" else torch.float32
    tolerance = {"forward": 5e-3, "backward": 1e-2} if args.precision == "bf16" else {"forward": 1e-4, "backward": 1e-4}
    seed = args.seed or int.from_bytes(os.urandom(3), "little") + 1
    flushed = torch.empty(512 << 20, dtype=torch.uint8, device=device) if args.flush_cache else None
    report = {"environment": environment_of(device, dtype, torch.get_num_threads()), "warm_ups": args.warm_ups,
              "runs": args.runs, "seed": seed, "cache_flushed": args.flush_cache, "rows": []}
    words, used = args.mask.split(","), set()
    for name in args.shape.split(","):
        shape = shape_of(name)
        for mask in masks_of(words, shape):
            used.add(mask.name)
            # The program writes a shape with commas.
            case = Case(name.replace(":", ","), mask, dtype, device, seed + len(report["rows"]), args.backward)
            report["rows"] += run_case(args, case, tolerance, flushed, report["environment"])
    missing = [word for word in words if word != "family" and word not in used]
    if missing:
        raise SystemExit(f"No shape has the mask {missing[0]}.")
    print_table(report["rows"])
    text = json.dumps(report, indent=1)
    if args.output:
        with open(args.output, "w") as file:
            file.write(text + "\n")
    print(text)


if __name__ == "__main__":
    main()
