"""Compiled PyTorch training of the bundled transformer and its text encoder: samples a second, for our trainer to be laid beside.

    python tests/bench/peers/bundled_train.py MODEL [--height 128] [--batch 128] [--seconds 15] [--device cuda]

The same networks, batch and loss as `tessera train base`, from a pool of latents that is on the card already: bf16 autocast,
torch.compile, fused AdamW, clipped gradients, averaged weights. Prints JSON.
"""
import argparse
import json
import statistics
import time

import torch
import torch.nn.functional as F

from bundled_cpu import Dit, read_safetensors

POOL = 1024


class Text:
    def __init__(self, folder):
        self.w = read_safetensors(f"{folder}/model.safetensors")
        self.config = json.load(open(f"{folder}/config.json"))

    def forward(self, ids):  # [B, L] -> [B, L, width], mask [B, 1, 1, L]
        heads, width = self.config["num_attention_heads"], self.config["hidden_size"]
        linear = lambda name, x: F.linear(x, self.w[name + ".weight"], self.w[name + ".bias"])
        norm = lambda name, x: F.layer_norm(x, (width,), self.w[name + ".weight"], self.w[name + ".bias"])
        mask = ids.ne(0)[:, None, None]
        x = F.embedding(ids, self.w["embeddings.word_embeddings.weight"])
        x = x + self.w["embeddings.position_embeddings.weight"][:ids.shape[1]]
        for i in range(self.config["num_hidden_layers"]):
            p = f"layers.{i}."
            qkv = linear(p + "attn.to_qkv", norm(p + "norm1", x)).unflatten(-1, (3, heads, -1)).unbind(2)
            a = F.scaled_dot_product_attention(*(y.transpose(1, 2) for y in qkv), mask)
            x = x + linear(p + "attn.to_out", a.transpose(1, 2).flatten(2))
            wide = linear(p + "ff.net.0.proj", norm(p + "norm2", x))
            x = x + linear(p + "ff.net.2", F.gelu(wide, approximate="tanh"))
        return norm("final_norm", x), mask


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("--height", type=int, default=128)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--eager", action="store_true")
    args = parser.parse_args()
    device = torch.device(args.device)
    torch.backends.cuda.matmul.allow_tf32 = True
    torch.manual_seed(0)
    dit, text = Dit(f"{args.model}/transformer", torch.float32), Text(f"{args.model}/text_encoder")
    for network in (dit, text):
        network.w = {name: torch.nn.Parameter(value.float().to(device)) for name, value in network.w.items()}
    weights = [*dit.w.values(), *text.w.values()]
    average = [w.detach().clone() for w in weights]
    shape = (dit.config["in_channels"], 8, args.height // 8, args.height * 3 // 16)
    tables = tuple(x.to(device) for x in dit.rope(8, shape[2] // 2, shape[3] // 2))
    dit.dtype = torch.bfloat16 if device.type == "cuda" else torch.float32
    pool = torch.randn(POOL, *shape, device=device).bfloat16()
    captions = torch.randint(3, 300, (POOL, text.config["max_position_embeddings"]), device=device)
    captions[:, 16:] = 0
    signal = (1 - torch.linspace(1e-4, 0.02, 1000, device=device)).cumprod(0)

    def loss_of(clean, t, ids, noise):
        a, s = signal[t].sqrt().view(-1, 1, 1, 1, 1), (1 - signal[t]).sqrt().view(-1, 1, 1, 1, 1)
        encoded, mask = text.forward(ids)
        guess = dit.forward(a * clean + s * noise, t.float(), encoded, mask, tables)
        return F.mse_loss(guess, a * noise - s * clean)

    loss_of = loss_of if args.eager else torch.compile(loss_of)
    optimizer = torch.optim.AdamW(weights, 6e-4, betas=(0.9, 0.98), weight_decay=0.02, fused=device.type == "cuda")
    order = torch.arange(args.batch, device=device)

    def step():
        rows = torch.randint(POOL, (args.batch,), device=device)
        clean = pool[rows].float()
        t = ((order + torch.rand(args.batch, device=device)) / args.batch * 1000).long().clamp(0, 999)
        with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
            loss = loss_of(clean, t, captions[rows], torch.randn_like(clean))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        with torch.no_grad():
            torch._foreach_lerp_(average, [w.detach() for w in weights], 0.001)

    wait = torch.cuda.synchronize if device.type == "cuda" else lambda: None
    begin = time.perf_counter()
    step()
    wait()
    compiled = time.perf_counter() - begin
    rounds, end = [], time.perf_counter() + args.seconds
    while time.perf_counter() < end or len(rounds) < 3:
        begin = time.perf_counter()
        for _ in range(10):
            step()
        wait()
        rounds.append((time.perf_counter() - begin) / 10)
    seconds = statistics.median(rounds)
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else "cpu"
    print(json.dumps({"device": name, "torch": torch.__version__, "height": args.height, "batch": args.batch,
                      "compiled": not args.eager, "first_step_s": round(compiled, 1), "step_ms": round(1e3 * seconds, 2),
                      "samples_per_second": round(args.batch / seconds)}))


if __name__ == "__main__":
    main()
