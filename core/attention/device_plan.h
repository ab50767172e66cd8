#pragma once

// A plan of tiles in the memory of a device, and those of a backend, each made once. Engine thread;
// a plan is also read by the thread that computes gradients, which keeps it by a shared pointer.

#include "core/attention/tile_plan.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace tessera::attention {

// Of a TilePlan or a KeyPlan.
template <typename Plan>
class DevicePlan {
public:
    using View = decltype(std::declval<const Plan&>().view());

    // The copy is done when this returns: any stream may read it.
    DevicePlan(const Plan& plan, c10::Device device);

    // For a kernel launched on the current stream next. Whenever this object goes, its memory is
    // not given to others before that kernel is through.
    View view() const;

private:
    at::Tensor m_memory;
    std::int64_t m_tiles = 0, m_ranges = 0, m_items = 0;  // where they begin
    std::int32_t m_itemCount = 0;
};

// Plans by what they were made for.
template <typename Plan>
class PlanCache {
public:
    using Key = std::vector<std::int64_t>;

    // make() -> Plan, called where there is none for `key` on that device.
    template <typename Make>
    std::shared_ptr<const DevicePlan<Plan>> of(const Key& key,
                                               c10::Device device,
                                               const Make& make) {
        std::shared_ptr<const DevicePlan<Plan>>& plan = m_plans[{device.index(), key}];
        if (!plan) {
            plan = std::make_shared<const DevicePlan<Plan>>(make(), device);
        }
        return plan;
    }

private:
    std::map<std::pair<c10::DeviceIndex, Key>, std::shared_ptr<const DevicePlan<Plan>>> m_plans;
};

}  // namespace tessera::attention
