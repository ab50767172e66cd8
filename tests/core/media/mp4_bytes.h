#pragma once

// MP4 files put together byte by byte, so that the box code is tested without a codec and with
// files that no codec would write.

#include <cstdint>
#include <string>
#include <vector>

namespace tessera::media {

using ByteVector = std::vector<std::uint8_t>;

ByteVector box(const std::string& type, const ByteVector& content);
ByteVector joined(const std::vector<ByteVector>& parts);
ByteVector numbers32(const std::vector<std::uint32_t>& values);
ByteVector textBytes(const std::string& text);

// A track with nothing but an offset table: "stco", or "co64" with 64-bit entries.
ByteVector track(const std::string& table, const std::vector<std::uint64_t>& offsets);

// ftyp, mdat with `pictures`, moov with one track whose single chunk is `pictures`.
ByteVector plainMp4(const std::string& pictures, const std::string& table = "stco");

// The bytes that the first offset table in `mp4` points to: `count` of them from its first entry.
std::string firstChunk(const ByteVector& mp4, const std::string& table, std::size_t count);

}  // namespace tessera::media
