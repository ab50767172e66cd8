#include "core/tensor/safetensors.h"

#include "core/base/check.h"
#include "core/base/file.h"
#include "core/base/format.h"
#include "core/tensor/stored_type.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <array>
#include <utility>

namespace tessera::tensor {
namespace {

using base::Error;
using base::ErrorCode;
using base::fail;

// A multiple of 8, as eachPiece() promises; small beside any tensor worth hashing.
constexpr std::size_t kPieceBytes = 4u << 20;

// A pickle runs code when it is opened, so it is recognised by name or first bytes and never read.
bool looksLikePickle(const std::filesystem::path& path, std::span<const std::uint8_t> start) {
    const std::string ending = path.extension().string();
    for (const char* known : {".pt", ".pth", ".ckpt", ".bin", ".pkl"}) {
        if (ending == known) {
            return true;
        }
    }
    // torch.save() writes a ZIP archive, and a bare pickle (protocol 2 and later) before 1.6.
    const bool isZip = start.size() >= 4 && start[0] == 'P' && start[1] == 'K' && start[2] == 3;
    const bool isPickle = start.size() >= 2 && start[0] == 0x80 && start[1] >= 2 && start[1] <= 5;
    // A safetensors header of 0x0280 to 0x0580 bytes starts with the same two bytes, but its ninth
    // byte opens the JSON text.
    const bool hasHeader = start.size() >= 9 && start[8] == '{';
    return isZip || (isPickle && !hasHeader);
}

tl::unexpected<Error> refusePickle(const std::filesystem::path& path) {
    std::filesystem::path target = path;
    target.replace_extension(".safetensors");
    const std::string name = path.string();
    return fail(
        ErrorCode::BadFile,
        "'" + name + "' is a pickle, which can run code; weights are read from safetensors.",
        "Convert it where you trust it: python3 -c \"import torch, safetensors.torch as s; "
        "s.save_file({k: v.clone().contiguous() for k, v in torch.load('" +
            path.filename().string() + "', map_location='cpu', weights_only=True)" +
            ".items()}, '" + target.filename().string() + "')\"",
        name);
}

}  // namespace

struct WeightFile::State {
    base::InputFile file;
    base::SafetensorsLayout layout;
};

WeightFile::WeightFile(std::unique_ptr<State> state) : m_state(std::move(state)) {}

WeightFile::WeightFile(WeightFile&&) noexcept = default;
WeightFile& WeightFile::operator=(WeightFile&&) noexcept = default;
WeightFile::~WeightFile() = default;

base::Result<WeightFile> WeightFile::open(const std::filesystem::path& path) {
    base::Result<base::InputFile> file = base::InputFile::open(path);
    if (!file) {
        return fail(file.error());
    }
    std::array<std::uint8_t, base::kSafetensorsPrefixBytes + 1> start{};
    const auto prefix = std::span(start).first(
        static_cast<std::size_t>(std::min<std::uint64_t>(start.size(), file->sizeBytes())));
    if (base::Status read = file->readAt(0, prefix); !read) {
        return fail(read.error());
    }
    if (looksLikePickle(path, prefix)) {
        return refusePickle(path);
    }
    const auto headerBytes = base::safetensorsHeaderBytes(prefix, file->sizeBytes(), path.string());
    if (!headerBytes) {
        return fail(headerBytes.error());
    }
    std::string header(static_cast<std::size_t>(*headerBytes), '\0');
    const auto bytes = std::span(reinterpret_cast<std::uint8_t*>(header.data()), header.size());
    if (base::Status read = file->readAt(base::kSafetensorsPrefixBytes, bytes); !read) {
        return fail(read.error());
    }
    auto layout = base::parseSafetensorsHeader(header, file->sizeBytes(), path.string());
    if (!layout) {
        return fail(layout.error());
    }
    return WeightFile(std::make_unique<State>(State{std::move(*file), std::move(*layout)}));
}

const std::filesystem::path& WeightFile::path() const {
    return m_state->file.path();
}

std::vector<std::string> WeightFile::names() const {
    std::vector<std::string> names;
    names.reserve(m_state->layout.tensors.size());
    for (const auto& [name, entry] : m_state->layout.tensors) {
        names.push_back(name);
    }
    return names;
}

bool WeightFile::contains(std::string_view name) const {
    return m_state->layout.tensors.contains(name);
}

const std::map<std::string, std::string>& WeightFile::metadata() const {
    return m_state->layout.metadata;
}

const base::SafetensorsLayout& WeightFile::layout() const {
    return m_state->layout;
}

base::Result<at::Tensor> WeightFile::tensor(std::string_view name) const {
    const auto found = m_state->layout.tensors.find(name);
    if (found == m_state->layout.tensors.end()) {
        return fail(ErrorCode::BadModel,
                    "The weights file '" + path().string() + "' has no tensor '" +
                        base::printable(name) + "', which was asked for.",
                    "Use the weights that belong to this model.",
                    std::string(name));
    }
    const base::StoredTensor& entry = found->second;
    // The layout was checked against the file's size, so this allocates no more than the file has.
    at::Tensor tensor =
        at::empty(entry.shape, at::TensorOptions(scalarType(entry.type)).device(at::kCPU));
    const auto bytes = std::span(static_cast<std::uint8_t*>(tensor.data_ptr()), tensor.nbytes());
    CHECK(bytes.size() == entry.end - entry.begin, bytes.size(), entry.begin, entry.end);
    if (base::Status read = m_state->file.readAt(entry.begin, bytes); !read) {
        return fail(read.error());
    }
    // C++ gives no meaning to a truth value whose byte is neither 0 nor 1.
    if (entry.type == base::StoredType::Bool &&
        std::any_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte > 1; })) {
        return fail(ErrorCode::BadFile,
                    "The tensor '" + base::printable(name) + "' of '" + path().string() +
                        "' holds truth values other than 0 and 1.",
                    "Make the file again; its bytes were damaged.",
                    std::string(name));
    }
    return tensor;
}

base::Status WeightFile::eachPiece(
    std::string_view name, const std::function<void(std::span<const std::uint8_t>)>& use) const {
    const auto found = m_state->layout.tensors.find(name);
    CHECK(found != m_state->layout.tensors.end(), name);
    std::uint64_t offset = found->second.begin;
    std::vector<std::uint8_t> piece;
    while (offset < found->second.end) {
        piece.resize(static_cast<std::size_t>(
            std::min<std::uint64_t>(kPieceBytes, found->second.end - offset)));
        if (base::Status read = m_state->file.readAt(offset, piece); !read) {
            return read;
        }
        use(piece);
        offset += piece.size();
    }
    return {};
}

}  // namespace tessera::tensor
