#pragma once

// One random stream per attribute: a new attribute takes a new number and shifts no other. The
// numbers are part of the world version.

#include <cstdint>

namespace tessera::world::streams {

inline constexpr std::uint64_t kAttempt = 1;  // turns a seed into the seed of its k-th attempt
inline constexpr std::uint64_t kMixture = 2;
inline constexpr std::uint64_t kBackground = 3;
inline constexpr std::uint64_t kBackgroundColour = 4;
inline constexpr std::uint64_t kWeather = 5;
inline constexpr std::uint64_t kCamera = 6;
inline constexpr std::uint64_t kStyle = 7;
inline constexpr std::uint64_t kLayout = 8;
inline constexpr std::uint64_t kClass = 16;  // + index of the object, likewise below
inline constexpr std::uint64_t kColour = 32;
inline constexpr std::uint64_t kTexture = 48;
inline constexpr std::uint64_t kSize = 64;
inline constexpr std::uint64_t kMotion = 80;
inline constexpr std::uint64_t kPlace = 96;
inline constexpr std::uint64_t kPhase = 112;
inline constexpr std::uint64_t kBackgroundDetail = 128;
inline constexpr std::uint64_t kCity = 129;
inline constexpr std::uint64_t kStars = 130;
inline constexpr std::uint64_t kParticles = 131;
inline constexpr std::uint64_t kPieces = 144;
inline constexpr std::uint64_t kCaption = 160;

}  // namespace tessera::world::streams
