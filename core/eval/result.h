#pragma once

// Scores as plain values: each with its number of cases, its confidence interval and the scorer's
// own ceiling.

#include <string>
#include <vector>

namespace tessera::eval {

struct AttributeScore {
    std::string attribute;  // "class", "colour", "scene", "motion", "both_objects", "relation",
                            // "action", ...
    int correct = 0;
    int count = 0;     // cases: captions, or objects of captions, that state the attribute
    double low = 0.0;  // 95 % Wilson interval of correct / count
    double high = 0.0;
    double ceiling = 0.0;   // accuracy of WorldEval on unseen renders, from its model card
    double heldOut = -1.0;  // share on compositions never trained on; negative when there was none
    int heldOutCount = 0;
};

struct NamedValue {
    std::string name;  // "psnr_db", "ssim", "object_psnr_db", "flicker_difference", ...
    double value = 0.0;
    int count = 0;
};

struct EvalResult {
    std::string modelHash;
    std::string what;  // "base, 50 steps, guidance 4, 192x288"
    std::vector<AttributeScore> attributes;
    std::vector<NamedValue> values;
    double seconds = 0.0;
};

}  // namespace tessera::eval
