"""PyTorch eager with the weights of the bundled model, beside our own engine, in one run on the same threads.

    python tests/bench/peers/bundled_cpu.py MODEL build/full/tests/model_speed [--threads N] [--runs N]

Needs torch (build/env has it) and nothing else. The networks are written as a careful PyTorch user would: channels-last
convolutions, scaled_dot_product_attention, fused norms. Prints seconds and the ratio eager / ours; above 1 ours is quicker.
"""
import argparse
import json
import math
import os
import statistics
import struct
import subprocess
import time

import torch
import torch.nn.functional as F

TYPES = {"BF16": torch.bfloat16, "F32": torch.float32, "F16": torch.float16, "I8": torch.int8}


def read_safetensors(path):
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = bytearray(file.read())
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        tensors[name] = torch.frombuffer(data[begin:end], dtype=TYPES[entry["dtype"]]).reshape(entry["shape"])
    for name in [n for n in tensors if n.endswith(".scale")]:  # int8, one scale a row
        values, scale = name.removesuffix(".scale"), tensors.pop(name)
        tensors[values] = tensors[values] * scale.view(-1, *[1] * (tensors[values].dim() - 1))
    return tensors


class Vae:
    def __init__(self, folder, dtype):
        self.w = {k: v.to(dtype) for k, v in read_safetensors(f"{folder}/diffusion_pytorch_model.safetensors").items()}
        for name, value in self.w.items():
            if value.dim() == 5:
                self.w[name] = value.contiguous(memory_format=torch.channels_last_3d)
        config = json.load(open(f"{folder}/config.json"))
        self.mean = torch.tensor(config["latents_mean"]).view(1, -1, 1, 1, 1)
        self.std = torch.tensor(config["latents_std"]).view(1, -1, 1, 1, 1)
        self.dtype = dtype

    def conv(self, name, x):
        x = torch.cat([x[:, :, :1], x[:, :, :1], x], 2)
        return F.conv3d(x, self.w[name + ".weight"], self.w[name + ".bias"], padding=(0, 1, 1))

    def norm(self, name, x):
        y = F.rms_norm(x.permute(0, 2, 3, 4, 1), (x.shape[1],), self.w[name + ".weight"], 1e-6)
        return F.silu(y).permute(0, 4, 1, 2, 3)

    def block(self, name, x):
        y = self.conv(name + ".conv1", self.norm(name + ".norm1", x))
        return x + self.conv(name + ".conv2", self.norm(name + ".norm2", y))

    def up(self, name, x, frames):
        out = x.shape[1] // 2
        y = self.conv(name, x).permute(0, 2, 3, 4, 1).unflatten(-1, (2, 4, out))
        y = (y + x.permute(0, 2, 3, 4, 1).unflatten(-1, (2, 1, out))).flatten(-3)
        b, t, h, w, _ = y.shape
        y = y.reshape(b, t, h, w, 2, 2, 2, out).permute(0, 1, 4, 2, 5, 3, 6, 7).reshape(b, 2 * t, 2 * h, 2 * w, out)
        return y.permute(0, 4, 1, 2, 3)[:, :, -frames:]

    def decode(self, latents, frames):
        x = (latents * self.std + self.mean).to(self.dtype).contiguous(memory_format=torch.channels_last_3d)
        x = self.block("decoder.blocks.1", self.block("decoder.blocks.0", self.conv("decoder.conv_in", x)))
        x = self.block("decoder.blocks.2", self.up("decoder.ups.0", x, (frames + 1) // 2))
        x = self.block("decoder.blocks.3", self.up("decoder.ups.1", x, frames))
        x = self.conv("decoder.conv_out", self.norm("decoder.norm_out", x)).permute(0, 2, 3, 4, 1)
        b, t, h, w, _ = x.shape
        return x.reshape(b, t, h, w, 2, 2, 3).permute(0, 6, 1, 2, 4, 3, 5).reshape(b, 3, t, 2 * h, 2 * w).float()


class Dit:
    def __init__(self, folder, dtype):
        self.w = {k: v.to(dtype) for k, v in read_safetensors(f"{folder}/diffusion_pytorch_model.safetensors").items()}
        self.config = json.load(open(f"{folder}/config.json"))
        self.dtype = dtype

    def linear(self, name, x):
        return F.linear(x, self.w[name + ".weight"], self.w[name + ".bias"])

    def rope(self, frames, rows, columns):  # two tables [F * rows * columns, 1, head size]
        base = self.config["base_grid"]
        parts = []
        for axis, (n, scale) in enumerate([(frames, 1.0), (rows, rows / base[0]), (columns, columns / base[1])]):
            d = self.config["rope_axes"][axis]
            angle = torch.outer(torch.arange(n) / scale, 10000 ** (-torch.arange(0, d, 2) / d))
            shape = [1, 1, 1, d // 2]
            shape[axis] = n
            parts.append(angle.reshape(shape).expand(frames, rows, columns, d // 2))
        half = torch.cat(parts, -1).reshape(-1, 1, self.config["attention_head_dim"] // 2)
        cos, sin = half.cos(), half.sin()
        return torch.cat([cos, cos], -1).to(self.dtype), torch.cat([-sin, sin], -1).to(self.dtype)

    def forward(self, latents, t, text, mask=None, tables=None):  # mask [B, 1, 1, text tokens]
        heads, size = self.config["num_attention_heads"], self.config["attention_head_dim"]
        d = heads * size
        b, c, f, h, w = latents.shape
        x = latents.to(self.dtype).reshape(b, c, f, h // 2, 2, w // 2, 2).permute(0, 2, 3, 5, 4, 6, 1)
        x = self.linear("pos_embed.proj", x.reshape(b, f * h * w // 4, 4 * c))
        freq = torch.exp(torch.arange(128, device=t.device) * (-math.log(10000.0) / 128))
        angle = t[:, None] * freq
        e = torch.cat([angle.cos(), angle.sin()], 1).to(self.dtype)
        name = "adaln_single.emb.timestep_embedder."
        e = self.linear(name + "linear_2", F.silu(self.linear(name + "linear_1", e)))
        c6 = self.linear("adaln_single.linear", F.silu(e)).unflatten(-1, (6, d))
        text = self.linear("caption_projection.linear_2",
                           F.gelu(self.linear("caption_projection.linear_1", text), approximate="tanh"))
        cos, sin = tables or self.rope(f, h // 2, w // 2)
        split = lambda y: y.unflatten(-1, (heads, size)).transpose(1, 2)
        for i in range(self.config["num_layers"]):
            p = f"transformer_blocks.{i}."
            m = (self.w[p + "scale_shift_table"] + c6).unsqueeze(2).unbind(1)
            a = torch.addcmul(m[0], F.layer_norm(x, (d,), eps=1e-6), 1 + m[1])
            q, k, v = self.linear(p + "attn1.to_qkv", a).unflatten(-1, (3, heads, size)).unbind(2)
            turn = lambda y, n: torch.addcmul((z := F.rms_norm(y, (size,), self.w[p + n], 1e-6)) * cos,
                                              z.roll(size // 2, -1), sin).transpose(1, 2)
            a = F.scaled_dot_product_attention(turn(q, "attn1.norm_q.weight"), turn(k, "attn1.norm_k.weight"),
                                               v.transpose(1, 2))
            x = torch.addcmul(x, self.linear(p + "attn1.to_out.0", a.transpose(1, 2).flatten(2)), m[2])
            k, v = self.linear(p + "attn2.to_kv", text).chunk(2, -1)
            a = F.scaled_dot_product_attention(split(self.linear(p + "attn2.to_q", x)), split(k), split(v), mask)
            x = x + self.linear(p + "attn2.to_out.0", a.transpose(1, 2).flatten(2))
            a = torch.addcmul(m[3], F.layer_norm(x, (d,), eps=1e-6), 1 + m[4])
            a = self.linear(p + "ff.net.2", F.gelu(self.linear(p + "ff.net.0.proj", a), approximate="tanh"))
            x = torch.addcmul(x, a, m[5])
        m = (self.w["scale_shift_table"] + e.unsqueeze(1)).unsqueeze(2).unbind(1)
        x = self.linear("proj_out", torch.addcmul(m[0], F.layer_norm(x, (d,), eps=1e-6), 1 + m[1]))
        return x.reshape(b, f, h // 2, w // 2, 2, 2, c).permute(0, 6, 1, 2, 4, 3, 5).reshape(b, c, f, h, w).float()


def median(runs, work):
    work()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("ours")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--runs", type=int, default=5)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.set_grad_enabled(False)
    card = json.load(open(f"{args.model}/model_index.json"))["tessera"]
    frames = card["video_frames"][0]
    ours = json.loads(subprocess.run([args.ours, args.model, str(args.threads), str(args.runs)], check=True,
                                     capture_output=True, text=True).stdout)
    report = {"cpu": ours["cpu"], "threads": args.threads, "torch": torch.__version__, "runs": args.runs, "rows": []}
    for label, dtype in (("fp32", torch.float32), ("bf16", torch.bfloat16)):
        vae, dit = Vae(f"{args.model}/vae", dtype), Dit(f"{args.model}/transformer", dtype)
        text = torch.randn(1, 8, dit.config["caption_channels"]).to(dtype)
        for width, height in card["sizes"]:
            latents = torch.randn(1, dit.config["in_channels"], (((frames + 1) // 2) + 1) // 2, height // 8, width // 8)
            peer = {"forward": median(args.runs, lambda: dit.forward(latents, torch.tensor([500.0]), text)),
                    "decode": median(args.runs, lambda: vae.decode(latents, frames))}
            for what, seconds in peer.items():
                mine = ours[label][f"{height}x{width}"][what]
                report["rows"].append({"precision": label, "size": f"{height}x{width}", "what": what,
                                       "ours_s": round(mine, 4), "eager_s": round(seconds, 4),
                                       "ratio": round(seconds / mine, 3)})
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
