#include "core/attention/device_plan.h"

#include <ATen/ATen.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include <cstring>

namespace tessera::attention {
namespace {

// Copies a vector's bytes behind those that are there already, and says where they begin.
template <typename T>
std::int64_t append(std::vector<std::uint8_t>& bytes, const std::vector<T>& values) {
    constexpr std::size_t kAlignment = 16;
    bytes.resize((bytes.size() + kAlignment - 1) / kAlignment * kAlignment);
    const std::size_t begin = bytes.size();
    bytes.resize(begin + values.size() * sizeof(T));
    std::memcpy(bytes.data() + begin, values.data(), values.size() * sizeof(T));
    return static_cast<std::int64_t>(begin);
}

}  // namespace

template <typename Plan>
DevicePlan<Plan>::DevicePlan(const Plan& plan, c10::Device device)
    : m_itemCount(static_cast<std::int32_t>(plan.items.size())) {
    std::vector<std::uint8_t> bytes;
    m_tiles = append(bytes, plan.tiles);
    m_ranges = append(bytes, plan.ranges);
    m_items = append(bytes, plan.items);
    m_memory = at::empty({static_cast<std::int64_t>(bytes.size())}, at::kByte);
    std::memcpy(m_memory.mutable_data_ptr(), bytes.data(), bytes.size());
    m_memory = m_memory.to(device);
}

template <typename Plan>
typename DevicePlan<Plan>::View DevicePlan<Plan>::view() const {
    if (m_memory.is_cuda()) {
        const c10::impl::VirtualGuardImpl streams(m_memory.device().type());
        m_memory.record_stream(streams.getStream(m_memory.device()));
    }
    const auto* base = static_cast<const std::uint8_t*>(m_memory.const_data_ptr());
    return {reinterpret_cast<decltype(View::tiles)>(base + m_tiles),
            reinterpret_cast<decltype(View::ranges)>(base + m_ranges),
            reinterpret_cast<decltype(View::items)>(base + m_items),
            m_itemCount};
}

template class DevicePlan<TilePlan>;
template class DevicePlan<KeyPlan>;

}  // namespace tessera::attention
