#pragma once

// The part of measure.h that both builds share. Private to this module. Any thread.

#include "core/tensor/measure.h"

#include <functional>
#include <memory>

namespace tessera::tensor {

// By the steady clock; done when this returns.
std::unique_ptr<TimedWork> timedOnHost(const std::function<void()>& work);

// Of the first core as the system states it; 0 = it does not.
double processorClockMhz();

}  // namespace tessera::tensor
