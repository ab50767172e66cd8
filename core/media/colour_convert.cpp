#include "core/media/colour_convert.h"

#include <algorithm>
#include <string>
#include <utility>

extern "C" {
#include <libavutil/frame.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>

#include <libswscale/swscale.h>
}

namespace tessera::media {

namespace {

constexpr int kOne = 1 << 16;  // contrast and saturation unchanged, in 16.16 fixed point

// From here up untagged video is taken as high definition, that is BT.709.
constexpr int kHighDefinitionLines = 720;

base::Result<FramePtr> makePicture(int width, int height, AVPixelFormat format) {
    FramePtr picture(av_frame_alloc());
    if (picture) {
        picture->width = width;
        picture->height = height;
        picture->format = format;
    }
    if (!picture || av_frame_get_buffer(picture.get(), 0) < 0) {
        return base::fail(outOfMemory("starting the colour conversion"));
    }
    return picture;
}

struct ScalerSetup {
    int width = 0;  // of the source
    int height = 0;
    int format = 0;
    int targetWidth = 0;
    int targetHeight = 0;
    int targetFormat = 0;
    int flags = 0;
};

base::Result<ScalerPtr> makeScaler(const ScalerSetup& setup) {
    ScalerPtr scaler(sws_alloc_context());
    if (!scaler) {
        return base::fail(outOfMemory("starting the colour conversion"));
    }
    // BITEXACT and ACCURATE_RND: the same bytes on every processor.
    const int flags = SWS_BICUBIC | SWS_ACCURATE_RND | SWS_BITEXACT | setup.flags;
    const std::pair<const char*, int> settings[] = {{"srcw", setup.width},
                                                    {"srch", setup.height},
                                                    {"src_format", setup.format},
                                                    {"dstw", setup.targetWidth},
                                                    {"dsth", setup.targetHeight},
                                                    {"dst_format", setup.targetFormat},
                                                    {"sws_flags", flags}};
    for (const auto& [name, value] : settings) {
        if (const int code = av_opt_set_int(scaler.get(), name, value, 0); code < 0) {
            return base::fail(
                encodeError(code, "setting " + std::string(name) + " of the colour conversion"));
        }
    }
    return scaler;
}

}  // namespace

void copyRows(std::span<const std::uint8_t> rgb, AVFrame& picture) {
    const std::size_t rowBytes = 3 * static_cast<std::size_t>(picture.width);
    for (int y = 0; y < picture.height; ++y) {
        std::copy_n(rgb.data() + rowBytes * static_cast<std::size_t>(y),
                    rowBytes,
                    picture.data[0] + static_cast<std::ptrdiff_t>(y) * picture.linesize[0]);
    }
}

RgbToYuv::RgbToYuv(ScalerPtr scaler, FramePtr source)
    : m_scaler(std::move(scaler)), m_source(std::move(source)) {}

base::Result<RgbToYuv> RgbToYuv::open(int width, int height) {
    auto source = makePicture(width, height, AV_PIX_FMT_RGB24);
    if (!source) {
        return base::fail(source.error());
    }
    // FULL_CHR_H_INP: chroma from all pixels, not from every second one.
    auto scaler = makeScaler(
        {width, height, AV_PIX_FMT_RGB24, width, height, AV_PIX_FMT_YUV420P, SWS_FULL_CHR_H_INP});
    if (!scaler) {
        return base::fail(scaler.error());
    }
    av_opt_set_int(scaler->get(), "dst_h_chr_pos", 0, 0);
    av_opt_set_int(scaler->get(), "dst_v_chr_pos", 128, 0);
    const int* matrix = sws_getCoefficients(SWS_CS_ITU709);
    sws_setColorspaceDetails(scaler->get(), matrix, 1, matrix, 0, 0, kOne, kOne);
    if (const int code = sws_init_context(scaler->get(), nullptr, nullptr); code < 0) {
        return base::fail(encodeError(code, "starting the colour conversion"));
    }
    return RgbToYuv(std::move(*scaler), std::move(*source));
}

void RgbToYuv::convert(std::span<const std::uint8_t> rgb, AVFrame& picture) const {
    copyRows(rgb, *m_source);
    sws_scale(m_scaler.get(),
              m_source->data,
              m_source->linesize,
              0,
              m_source->height,
              picture.data,
              picture.linesize);
}

PictureToRgb::PictureToRgb(FramePtr target) : m_target(std::move(target)) {}

base::Result<PictureToRgb> PictureToRgb::open(int width, int height) {
    auto target = makePicture(width, height, AV_PIX_FMT_RGB24);
    if (!target) {
        return base::fail(target.error());
    }
    return PictureToRgb(std::move(*target));
}

base::Status PictureToRgb::prepare(const AVFrame& picture) {
    const auto* format = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(picture.format));
    if (format == nullptr) {
        return base::fail(base::ErrorCode::BadFile,
                          "A picture of the clip has a pixel format that FFmpeg does not know.",
                          "Convert the clip to a plain MP4 first.");
    }
    Look look;
    look.width = picture.width;
    look.height = picture.height;
    look.format = picture.format;
    look.isFullRange =
        picture.color_range == AVCOL_RANGE_JPEG || (format->flags & AV_PIX_FMT_FLAG_RGB) != 0;
    look.matrix = picture.colorspace;
    if (look.matrix == AVCOL_SPC_UNSPECIFIED || look.matrix == AVCOL_SPC_RGB) {
        look.matrix =
            picture.height >= kHighDefinitionLines ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M;
    }
    if (m_scaler && look == m_look) {
        return {};
    }
    // FULL_CHR_H_INT: chroma is interpolated up to every pixel, not repeated.
    auto scaler = makeScaler({look.width,
                              look.height,
                              look.format,
                              m_target->width,
                              m_target->height,
                              AV_PIX_FMT_RGB24,
                              SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP});
    if (!scaler) {
        return base::fail(scaler.error());
    }
    const bool isSubsampled = format->log2_chroma_w > 0 || format->log2_chroma_h > 0;
    if (isSubsampled && picture.chroma_location != AVCHROMA_LOC_CENTER) {
        av_opt_set_int(scaler->get(), "src_h_chr_pos", 0, 0);
    }
    if (format->log2_chroma_h > 0) {
        av_opt_set_int(scaler->get(), "src_v_chr_pos", 128, 0);
    }
    // swscale counts its matrices as H.273 does, up to BT.2020.
    const int* matrix = sws_getCoefficients(look.matrix);
    sws_setColorspaceDetails(
        scaler->get(), matrix, look.isFullRange ? 1 : 0, matrix, 1, 0, kOne, kOne);
    if (sws_init_context(scaler->get(), nullptr, nullptr) < 0) {
        return base::fail(
            base::ErrorCode::BadFile,
            std::string("Pictures of the format ") + format->name + " cannot be converted to RGB.",
            "Convert the clip to a plain MP4 first.");
    }
    m_scaler = std::move(*scaler);
    m_look = look;
    return {};
}

base::Status PictureToRgb::convert(const AVFrame& picture, std::span<std::uint8_t> rgb) {
    if (auto prepared = prepare(picture); !prepared) {
        return prepared;
    }
    sws_scale(m_scaler.get(),
              picture.data,
              picture.linesize,
              0,
              picture.height,
              m_target->data,
              m_target->linesize);
    const std::size_t rowBytes = 3 * static_cast<std::size_t>(m_target->width);
    for (int y = 0; y < m_target->height; ++y) {
        std::copy_n(m_target->data[0] + static_cast<std::ptrdiff_t>(y) * m_target->linesize[0],
                    rowBytes,
                    rgb.data() + rowBytes * static_cast<std::size_t>(y));
    }
    return {};
}

}  // namespace tessera::media
