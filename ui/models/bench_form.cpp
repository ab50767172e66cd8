#include "ui/models/bench_form.h"

#include "core/plan/shape_preset.h"
#include "ui/bridge/text.h"

#include <algorithm>

namespace tessera::ui {

BenchShape BenchForm::shape() const {
    const auto known = plan::shapePreset(fromQt(preset));
    return known ? BenchShape{known->layout, known->heads, known->headSize} : own;
}

QStringList BenchForm::family() const {
    const auto frames = static_cast<int>(shape().layout.frames);
    QStringList names{toQt(plan::FrameMask{frames, 1}.name())};
    const std::vector<plan::FrameMask> masks = plan::maskFamily(frames);
    for (auto mask = masks.rbegin(); mask != masks.rend(); ++mask) {
        names.append(toQt(mask->name()));
    }
    return names;
}

QStringList BenchForm::masks() const {
    QStringList ticked = family();
    ticked.removeIf([this](const QString& mask) { return masksLeftOut.contains(mask); });
    return ticked;
}

std::vector<std::string> BenchForm::kernelsOf(
    const std::vector<bench::KernelOutlook>& kernels) const {
    std::vector<std::string> names;
    for (const bench::KernelOutlook& kernel : kernels) {
        const bool isWanted = kernel.reason.empty() && !kernelsLeftOut.contains(toQt(kernel.name));
        if (kernel.isBaseline || isWanted) {
            names.push_back(kernel.name);
        }
    }
    return names;
}

bench::BenchRequest BenchForm::request(const std::vector<bench::KernelOutlook>& kernels) const {
    bench::BenchRequest request;
    request.kernels = kernelsOf(kernels);
    const BenchShape size = shape();
    const QString numbers = QStringLiteral("%1,%2,%3,%4,%5")
                                .arg(size.layout.frames)
                                .arg(size.layout.tokens)
                                .arg(size.layout.text)
                                .arg(size.heads)
                                .arg(size.headSize);
    request.shapes = {fromQt(preset.isEmpty() ? numbers : preset)};
    for (const QString& mask : masks()) {
        request.masks.push_back(fromQt(mask));
    }
    request.precision = precision;
    request.device = device;
    request.threads = threads;
    request.warmUps = warmUps;
    request.runs = runs;
    request.backward = backward;
    request.flushCache = flushCache;
    return request;
}

BenchForm BenchForm::of(const bench::BenchRequest& request) {
    BenchForm form;
    form.precision = request.precision;
    form.device = request.device;
    form.warmUps = request.warmUps;
    form.runs = request.runs;
    form.backward = request.backward;
    form.flushCache = request.flushCache;
    if (!request.shapes.empty()) {
        const QStringList numbers = toQt(request.shapes.front()).split(QLatin1Char(','));
        form.preset = numbers.size() == 5 ? QString() : numbers.front();
        if (numbers.size() == 5) {
            form.own = {{numbers[0].toLongLong(), numbers[1].toLongLong(), numbers[2].toLongLong()},
                        numbers[3].toLongLong(),
                        numbers[4].toLongLong()};
        }
    }
    if (!request.masks.empty()) {
        for (const QString& mask : form.family()) {
            if (std::ranges::find(request.masks, fromQt(mask)) == request.masks.end()) {
                form.masksLeftOut.insert(mask);
            }
        }
    }
    return form;
}

}  // namespace tessera::ui
