#pragma once

// The activation of the transformers, computed by our kernel where it is quicker. Engine thread.

namespace at {
class Tensor;
}

namespace tessera::attention {

// tanh-GELU. May overwrite `x` when nothing wants its gradient; the caller gives it away.
at::Tensor tanhGelu(const at::Tensor& x);

}  // namespace tessera::attention
