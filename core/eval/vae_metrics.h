#pragma once

// How far a reconstructed clip is from its original (embedded-model.md, 3.7 and 4.2): exact
// formulas, no network. All take batches [B, 3, T, H, W] in [-1, 1] on any device, round them to
// the 256 levels a written clip has, and return one number a clip, [B] float64 on the same device.
// Engine thread.

#include "core/world/scene.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>

namespace tessera::eval {

// Peak signal-to-noise ratio in dB over RGB, taken frame by frame and averaged; equal frames count
// as 100 dB.
at::Tensor psnr(const at::Tensor& original, const at::Tensor& decoded);

// Structural similarity of the luma (BT.601), Gaussian window of 11 with deviation 1.5, K 0.01 and
// 0.03, windows wholly inside the picture; mean over pixels and frames (Wang et al. 2004, eq. 13).
at::Tensor ssim(const at::Tensor& original, const at::Tensor& decoded);

// PSNR over the pixels of `region` [B, T, H, W] bool alone, all frames together; NaN for a clip
// without any.
at::Tensor regionPsnr(const at::Tensor& original,
                      const at::Tensor& decoded,
                      const at::Tensor& region);

// How much more the decoded clip changes from frame to frame than the original: the difference of
// their mean absolute frame differences, on the scale 0 to 1. Signed; near 0 is good.
at::Tensor flickerDifference(const at::Tensor& original, const at::Tensor& decoded);

// Pixels within `radius` (in both axes) of a moving object. ids: [B, T, H, W] uint8 as
// world::render() writes them; moving: [B, objects] bool, entry i for id i + 1. Returns [B, T, H,
// W] bool.
at::Tensor movingRegion(const at::Tensor& ids, const at::Tensor& moving, int radius = 4);

// Which objects of each scene move, for movingRegion(): every motion but "still", and everything
// under a moving camera; [B, most objects of any scene] bool on the CPU.
at::Tensor movingObjects(std::span<const world::Scene> scenes);

}  // namespace tessera::eval
