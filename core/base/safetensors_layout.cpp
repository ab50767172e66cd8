#include "core/base/safetensors_layout.h"

#include "core/base/format.h"
#include "core/base/json.h"

#include <algorithm>
#include <array>
#include <limits>

namespace tessera::base {
namespace {

struct TypeRow {
    StoredType type;
    const char* name;
    std::size_t bytes;
};

constexpr std::array kTypes{TypeRow{StoredType::F64, "F64", 8},
                            TypeRow{StoredType::F32, "F32", 4},
                            TypeRow{StoredType::F16, "F16", 2},
                            TypeRow{StoredType::BF16, "BF16", 2},
                            TypeRow{StoredType::I64, "I64", 8},
                            TypeRow{StoredType::I32, "I32", 4},
                            TypeRow{StoredType::I8, "I8", 1},
                            TypeRow{StoredType::U8, "U8", 1},
                            TypeRow{StoredType::Bool, "BOOL", 1}};

const TypeRow& rowOf(StoredType type) {
    return *std::find_if(
        kTypes.begin(), kTypes.end(), [type](const TypeRow& row) { return row.type == type; });
}

// No layer of any network has more dimensions; what has is hostile.
constexpr std::size_t kMostDimensions = 8;

constexpr const char* kCopyHint =
    "Copy or download the file again; if it stays so, ask the one who made it.";

tl::unexpected<Error> badLayout(std::string_view what, const std::string& problem) {
    return fail(ErrorCode::BadFile,
                "The weights file '" + std::string(what) + "' " + printable(problem) + ".",
                kCopyHint,
                std::string(what));
}

// Follows the header's grammar event by event and keeps only what it allows, so that memory stays
// in proportion to the text: {"name": {"dtype": text, "shape": [..], "data_offsets": [a, b]}, ..,
// "__metadata__": {text: text}}.
class HeaderBuilder final : public nlohmann::json_sax<Json> {
public:
    bool null() override { return refuse("null"); }

    bool boolean(bool) override { return refuse("a truth value"); }

    bool number_integer(number_integer_t value) override {
        return refuse("the number " + std::to_string(value));
    }

    bool number_float(number_float_t, const string_t& text) override {
        return refuse("the number " + text.substr(0, 40));
    }

    bool binary(binary_t&) override { return refuse("binary data"); }

    bool number_unsigned(number_unsigned_t value) override {
        if (m_place == Place::InShape && m_tensor->shape.size() < kMostDimensions &&
            value <= std::uint64_t{std::numeric_limits<std::int64_t>::max()}) {
            m_tensor->shape.push_back(static_cast<std::int64_t>(value));
            return true;
        }
        if (m_place == Place::InOffsets && m_offsets < 2) {
            (m_offsets++ == 0 ? m_tensor->begin : m_tensor->end) = value;
            return true;
        }
        return refuse("the number " + std::to_string(value));
    }

    bool string(string_t& value) override {
        if (m_place == Place::MetadataValue) {
            m_layout.metadata[m_name] = std::move(value);
            m_place = Place::InMetadata;
            return true;
        }
        if (m_place != Place::TypeValue) {
            return refuse("the text '" + value.substr(0, 40) + "'");
        }
        const auto row = std::find_if(kTypes.begin(), kTypes.end(), [&value](const TypeRow& known) {
            return value == known.name;
        });
        if (row == kTypes.end()) {
            m_problem = "has the tensor '" + m_name + "' of type '" + value.substr(0, 40) +
                        "'; this program reads F64, F32, F16, BF16, I64, I32, I8, U8 and BOOL";
            return false;
        }
        m_tensor->type = row->type;
        m_place = Place::InTensor;
        return true;
    }

    bool start_object(std::size_t) override {
        switch (m_place) {
            case Place::Start:
                m_place = Place::InRoot;
                return true;
            case Place::MetadataStart:
                m_place = Place::InMetadata;
                return true;
            case Place::TensorStart:
                m_place = Place::InTensor;
                return true;
            default:
                return refuse("an object");
        }
    }

    bool key(string_t& name) override {
        switch (m_place) {
            case Place::InRoot:
                return beginEntry(name);
            case Place::InMetadata:
                if (m_layout.metadata.contains(name)) {
                    return refuseTwice(name);
                }
                m_name = std::move(name);
                m_place = Place::MetadataValue;
                return true;
            default:
                return beginField(name);
        }
    }

    bool end_object() override {
        if (m_place == Place::InMetadata) {
            m_place = Place::InRoot;
            return true;
        }
        if (m_place == Place::InRoot) {
            m_place = Place::End;
            return true;
        }
        if (!m_hasType || !m_hasShape || !m_hasOffsets) {
            m_problem = "has the tensor '" + m_name + "' without " +
                        (!m_hasType ? "dtype" : (!m_hasShape ? "shape" : "data_offsets"));
            return false;
        }
        m_place = Place::InRoot;
        return true;
    }

    bool start_array(std::size_t) override {
        if (m_place == Place::ShapeValue) {
            m_place = Place::InShape;
            return true;
        }
        if (m_place == Place::OffsetsValue) {
            m_place = Place::InOffsets;
            m_offsets = 0;
            return true;
        }
        return refuse("a list");
    }

    bool end_array() override {
        if (m_place == Place::InOffsets && m_offsets != 2) {
            m_problem = "has the tensor '" + m_name + "' with " + std::to_string(m_offsets) +
                        " data offsets instead of 2";
            return false;
        }
        m_place = Place::InTensor;
        return true;
    }

    bool parse_error(std::size_t position,
                     const std::string&,
                     const nlohmann::detail::exception&) override {
        m_problem = "has a header that is not JSON from byte " + std::to_string(position);
        return false;
    }

    const std::string& problem() const { return m_problem; }

    SafetensorsLayout takeLayout() { return std::move(m_layout); }

private:
    enum class Place {
        Start,
        InRoot,
        MetadataStart,
        InMetadata,
        MetadataValue,
        TensorStart,
        InTensor,
        TypeValue,
        ShapeValue,
        InShape,
        OffsetsValue,
        InOffsets,
        End,
    };

    bool beginEntry(string_t& name) {
        if (name == "__metadata__") {
            m_name = name;
            if (m_hasMetadata) {
                return refuseTwice(name);
            }
            m_hasMetadata = true;
            m_place = Place::MetadataStart;
            return true;
        }
        const auto [entry, isNew] = m_layout.tensors.try_emplace(name);
        if (!isNew) {
            return refuseTwice(name);
        }
        m_name = std::move(name);
        m_tensor = &entry->second;
        m_hasType = m_hasShape = m_hasOffsets = false;
        m_place = Place::TensorStart;
        return true;
    }

    bool beginField(string_t& name) {
        bool* seen = nullptr;
        if (name == "dtype") {
            seen = &m_hasType;
            m_place = Place::TypeValue;
        } else if (name == "shape") {
            seen = &m_hasShape;
            m_place = Place::ShapeValue;
        } else if (name == "data_offsets") {
            seen = &m_hasOffsets;
            m_place = Place::OffsetsValue;
        } else {
            return refuse("the key '" + name.substr(0, 40) + "'");
        }
        if (*seen) {
            return refuseTwice(name);
        }
        *seen = true;
        return true;
    }

    bool refuse(const std::string& found) {
        m_problem = "has " + found + " in its header " +
                    (m_name.empty() ? std::string("at the start") : "at '" + shortName() + "'") +
                    ", where the format allows none";
        return false;
    }

    bool refuseTwice(const std::string& name) {
        m_problem = "names '" + name.substr(0, 80) + "' twice in its header";
        return false;
    }

    std::string shortName() const { return m_name.substr(0, 80); }

    SafetensorsLayout m_layout;
    Place m_place = Place::Start;
    std::string m_name;
    StoredTensor* m_tensor = nullptr;
    int m_offsets = 0;
    bool m_hasMetadata = false;
    bool m_hasType = false;
    bool m_hasShape = false;
    bool m_hasOffsets = false;
    std::string m_problem;
};

// Empty when the entry's length is what its shape and type say.
std::string sizeProblem(const std::string& name, const StoredTensor& tensor) {
    // A size of 0 must not hide the product of the others: strides are made of it.
    auto bytes = static_cast<std::int64_t>(elementBytes(tensor.type));
    bool tooLarge = false;
    bool isEmpty = false;
    for (const std::int64_t size : tensor.shape) {
        isEmpty = isEmpty || size == 0;
        tooLarge =
            tooLarge || __builtin_mul_overflow(bytes, std::max<std::int64_t>(size, 1), &bytes);
    }
    const std::uint64_t expected = isEmpty ? 0 : static_cast<std::uint64_t>(bytes);
    if (tooLarge || tensor.begin > tensor.end || tensor.end - tensor.begin != expected) {
        return "has the tensor '" + name + "' of type " + storedName(tensor.type) + " and shape " +
               shapeText(tensor.shape) + " from byte " + std::to_string(tensor.begin) + " to " +
               std::to_string(tensor.end) + " of its data, which is not its length";
    }
    return {};
}

// Empty when the entries cover [0, dataBytes) without gap or overlap.
std::string coverProblem(const SafetensorsLayout& layout, std::uint64_t dataBytes) {
    using Entry = std::pair<const std::string, StoredTensor>;
    std::vector<const Entry*> order;
    order.reserve(layout.tensors.size());
    for (const Entry& entry : layout.tensors) {
        order.push_back(&entry);
    }
    std::sort(order.begin(), order.end(), [](const Entry* a, const Entry* b) {
        return std::pair(a->second.begin, a->second.end) <
               std::pair(b->second.begin, b->second.end);
    });
    std::uint64_t covered = 0;
    for (const Entry* entry : order) {
        if (entry->second.begin != covered) {
            return std::string("has ") +
                   (entry->second.begin > covered ? "a gap before" : "an overlap at") +
                   " the tensor '" + entry->first + "', which starts at byte " +
                   std::to_string(entry->second.begin) + " of the data instead of " +
                   std::to_string(covered);
        }
        covered = entry->second.end;
    }
    if (covered != dataBytes) {
        return "has " + byteSize(dataBytes) + " (" + std::to_string(dataBytes) +
               " bytes) of tensor data, its header promises " + byteSize(covered) + " (" +
               std::to_string(covered) + " bytes)";
    }
    return {};
}

}  // namespace

std::size_t elementBytes(StoredType type) {
    return rowOf(type).bytes;
}

const char* storedName(StoredType type) {
    return rowOf(type).name;
}

Result<std::uint64_t> safetensorsHeaderBytes(std::span<const std::uint8_t> prefix,
                                             std::uint64_t fileBytes,
                                             std::string_view what) {
    if (prefix.size() < kSafetensorsPrefixBytes || fileBytes < kSafetensorsPrefixBytes) {
        return badLayout(
            what, "has " + std::to_string(fileBytes) + " bytes, too few for a safetensors file");
    }
    std::uint64_t length = 0;
    for (std::size_t i = 0; i < kSafetensorsPrefixBytes; ++i) {
        length |= std::uint64_t{prefix[i]} << (8 * i);
    }
    if (length < 2 || length > fileBytes - kSafetensorsPrefixBytes) {
        return badLayout(what,
                         "has " + byteSize(fileBytes) + ", its first bytes promise a header of " +
                             byteSize(length) + ", so it is cut short or not a safetensors file");
    }
    return length;
}

Result<SafetensorsLayout> parseSafetensorsHeader(std::string_view header,
                                                 std::uint64_t fileBytes,
                                                 std::string_view what) {
    if (fileBytes < kSafetensorsPrefixBytes ||
        header.size() > fileBytes - kSafetensorsPrefixBytes) {
        return badLayout(what, "has a header longer than itself");
    }
    const std::uint64_t dataStart = kSafetensorsPrefixBytes + header.size();
    // The library takes a zero byte for the end of the text; what follows would never be read.
    if (header.find('\0') != std::string_view::npos) {
        return badLayout(what, "has a zero byte in its header, where the format allows none");
    }
    HeaderBuilder builder;
    if (!Json::sax_parse(header, &builder)) {
        return badLayout(what, builder.problem());
    }
    SafetensorsLayout layout = builder.takeLayout();
    for (const auto& [name, tensor] : layout.tensors) {
        if (const std::string problem = sizeProblem(name, tensor); !problem.empty()) {
            return badLayout(what, problem);
        }
    }
    if (const std::string problem = coverProblem(layout, fileBytes - dataStart); !problem.empty()) {
        return badLayout(what, problem);
    }
    for (auto& [name, tensor] : layout.tensors) {
        tensor.begin += dataStart;
        tensor.end += dataStart;
    }
    return layout;
}

Result<SafetensorsLayout> parseSafetensors(std::span<const std::uint8_t> file,
                                           std::string_view what) {
    const auto length = safetensorsHeaderBytes(file, file.size(), what);
    if (!length) {
        return fail(length.error());
    }
    const auto header = file.subspan(kSafetensorsPrefixBytes, static_cast<std::size_t>(*length));
    return parseSafetensorsHeader(
        std::string_view(reinterpret_cast<const char*>(header.data()), header.size()),
        file.size(),
        what);
}

}  // namespace tessera::base
