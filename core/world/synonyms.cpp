#include "core/world/grammar.h"

#include <algorithm>
#include <array>
#include <utility>

namespace tessera::world {

namespace {

using Entry = std::pair<std::string_view, std::string_view>;

// Word typed, words of the vocabulary meant; sorted by the first.
constexpr std::array<Entry, 555> kSynonyms = {{
    // clang-format off
    {"2", "two"}, {"3", "three"}, {"4", "four"}, {"8bit", "pixel art"}, {"airballoon", "balloon"},
    {"also", ""}, {"amber", "orange"}, {"animation", "video"}, {"another", ""},
    {"anticlockwise", "counterclockwise"}, {"antique", "vintage"}, {"any", ""},
    {"apricot", "orange"}, {"aqua", "cyan"}, {"aquamarine", "cyan"}, {"ascending", "moving up"},
    {"ascends", "rises"}, {"ash", "gray"}, {"atop", "above"}, {"auto", "car"},
    {"automaton", "robot"}, {"autumn", "leaves"}, {"average", "medium"}, {"backdrop", "background"},
    {"ballon", "balloon"}, {"banded", "striped"}, {"bare", "empty"}, {"barn", "house"},
    {"basketball", "ball"}, {"be", ""}, {"beach", "sea"}, {"bead", "ball"}, {"beating", "pulsing"},
    {"beautiful", ""}, {"been", ""}, {"beige", "brown"}, {"being", ""}, {"beyond", "behind"},
    {"blank", "plain"}, {"blimp", "balloon"}, {"blizzard", "snow"}, {"block", "square"},
    {"bloom", "flower"}, {"bot", "robot"}, {"both", "two"}, {"bounce", "bouncing"},
    {"bouncy", "bouncing"}, {"box", "square"}, {"boy", "person"}, {"boys", "people"},
    {"breathing", "pulsing"}, {"bronze", "brown"}, {"bubble", "ball"}, {"building", "house"},
    {"burst", "exploding"}, {"bursts", "exploding"}, {"bush", "tree"}, {"bw", "monochrome"},
    {"cabin", "house"}, {"can", ""}, {"canoe", "boat"}, {"ccw", "counterclockwise"},
    {"checked", "checkered"}, {"checker", "checkered"}, {"chequer", "checkered"}, {"cherry", "red"},
    {"chess", "checkerboard"}, {"chessboard", "checkerboard"}, {"chestnut", "brown"},
    {"child", "person"}, {"children", "people"}, {"circle", "ball"}, {"circulating", "orbiting"},
    {"climbing", "moving up"}, {"climbs", "rises"}, {"closeup", "zoom"}, {"coast", "sea"},
    {"cobalt", "blue"}, {"coffee", "brown"}, {"collapse", "falling apart"},
    {"collapses", "falling apart"}, {"collapsing", "falling apart"}, {"colorless", "monochrome"},
    {"colourless", "monochrome"}, {"contracting", "shrinking"}, {"coral", "pink"},
    {"cosmos", "starry night"}, {"could", ""}, {"countryside", "hills"}, {"couple", "two"},
    {"crayon", "pencil"}, {"cream", "white"}, {"create", ""}, {"crow", "bird"},
    {"crucifix", "cross"}, {"cruises", "moves"}, {"cruising", "moving"},
    {"crumble", "falling apart"}, {"crumbles", "falling apart"}, {"crystal", "diamond"},
    {"cube", "square"}, {"cumulus", "cloud"}, {"cute", ""}, {"cw", "clockwise"},
    {"cyborg", "robot"}, {"daisy", "flower"}, {"dance", "dancing"}, {"dancer", "person"},
    {"dancers", "people"}, {"dangling", "swinging"}, {"dark", "black"}, {"dawn", "sunset"},
    {"deflating", "shrinking"}, {"descending", "moving down"}, {"descends", "sinks"},
    {"detonates", "explodes"}, {"detonating", "exploding"}, {"diagonal", "diagonally"},
    {"diminishing", "shrinking"}, {"dinghy", "boat"}, {"disc", "ball"},
    {"disintegrates", "falling apart"}, {"disintegrating", "falling apart"}, {"disk", "ball"},
    {"do", ""}, {"dolphin", "fish"}, {"donut", "ring"}, {"doodle", "sketch"}, {"dotty", "dotted"},
    {"double", "two"}, {"doughnut", "ring"}, {"dove", "bird"}, {"downpour", "rain"},
    {"downtown", "city"}, {"downwards", "moving down"}, {"draw", ""}, {"drawn", "sketch"},
    {"drives", "moves"}, {"driving", "moving"}, {"drizzle", "rain"}, {"droid", "robot"},
    {"dropping", "moving down"}, {"drops", "sinks"}, {"duck", "bird"}, {"dune", "dunes"},
    {"dusk", "sunset"}, {"dwindling", "shrinking"}, {"each", ""}, {"eagle", "bird"},
    {"eastward", "moving right"}, {"ebony", "black"}, {"emoji", "smiley"}, {"enclosed", "inside"},
    {"enlarging", "growing"}, {"enormous", "large"}, {"erupting", "exploding"},
    {"erupts", "explodes"}, {"evening", "sunset"}, {"expanding", "growing"},
    {"explode", "exploding"}, {"explosion", "exploding"}, {"fade", "gradient"}, {"fall", "falling"},
    {"ferry", "boat"}, {"few", ""}, {"field", "green hills"}, {"fields", "green hills"},
    {"firework", "exploding"}, {"fireworks", "exploding"}, {"fixed", "static"}, {"flakes", "snow"},
    {"flat", "plain"}, {"flies", "moves"}, {"floats", "moving"}, {"fluorescent", "neon"},
    {"flying", "moving"}, {"foliage", "leaves"}, {"footage", "video"}, {"football", "ball"},
    {"for", ""}, {"from", ""}, {"frozen", "standing still"}, {"fuchsia", "pink"},
    {"galaxy", "starry night"}, {"gem", "diamond"}, {"generate", ""}, {"giant", "large"},
    {"gif", "video"}, {"gigantic", "large"}, {"girl", "person"}, {"girls", "people"},
    {"glides", "moves"}, {"gliding", "moving"}, {"globe", "ball"}, {"gold", "yellow"},
    {"goldfish", "fish"}, {"gradual", "smooth"}, {"grass", "green hills"}, {"grassland", "hills"},
    {"grayscale", "monochrome"}, {"great", "large"}, {"greeting", "waving"},
    {"greyscale", "monochrome"}, {"grin", "smiley"}, {"ground", "floor"}, {"grow", "growing"},
    {"gull", "bird"}, {"guy", "person"}, {"had", ""}, {"halfmoon", "moon"}, {"hanging", "swinging"},
    {"happy", ""}, {"has", ""}, {"have", ""}, {"having", "with"}, {"he", "person"},
    {"heading", "moving"}, {"heads", "moves"}, {"heavens", "sky"}, {"hexagonal", "hexagon"},
    {"hikes", "walks"}, {"hiking", "walking"}, {"hill", "hills"}, {"home", "house"},
    {"honeycomb", "hexagon"}, {"hoopla", "ring"}, {"how", ""}, {"human", "person"},
    {"humans", "people"}, {"hut", "house"}, {"i", ""}, {"illustration", "drawing"},
    {"image", "clip"}, {"immobile", "standing still"}, {"indigo", "blue"}, {"inflating", "growing"},
    {"its", ""}, {"ivory", "white"}, {"jade", "green"}, {"jeep", "car"}, {"jet", "black"},
    {"jewel", "diamond"}, {"jittery", "shaky"}, {"jogging", "running"}, {"jogs", "runs"},
    {"jump", "jumping"}, {"jumper", "person"}, {"jumpy", "bouncing"}, {"jungle", "forest"},
    {"just", ""}, {"kick", "kicking"}, {"kid", "person"}, {"kids", "people"}, {"kind", ""},
    {"lady", "person"}, {"lake", "sea"}, {"landscape", "green hills"}, {"lavender", "purple"},
    {"leaf", "leaves"}, {"leap", "jumping"}, {"leaps", "jumping"}, {"leftward", "moving left"},
    {"leftwards", "moving left"}, {"lemon", "yellow"}, {"lifting", "moving up"}, {"like", ""},
    {"lilac", "purple"}, {"lime", "green"}, {"lined", "striped"}, {"lonely", ""},
    {"looping", "orbiting"}, {"lot", ""}, {"lots", ""}, {"love", "heart"}, {"lovely", ""},
    {"lowering", "moving down"}, {"lozenge", "diamond"}, {"luminous", "neon"}, {"luna", "moon"},
    {"lunar", "moon"}, {"magenta", "pink"}, {"make", ""}, {"man", "person"}, {"many", ""},
    {"marble", "ball"}, {"marches", "walks"}, {"marching", "walking"}, {"maroon", "red"},
    {"massive", "large"}, {"mauve", "purple"}, {"me", ""}, {"meadow", "hills"}, {"mech", "robot"},
    {"men", "people"}, {"metropolis", "city"}, {"mid", "medium"}, {"middle", "medium"},
    {"midnight", "night"}, {"mini", "small"}, {"miniature", "small"}, {"mint", "green"},
    {"missile", "rocket"}, {"moth", "butterfly"}, {"motionless", "standing still"},
    {"mountain", "hills"}, {"mountains", "hills"}, {"movie", "video"}, {"mustard", "yellow"},
    {"my", ""}, {"navy", "blue"}, {"near", ""}, {"new", ""}, {"next", ""}, {"nice", ""},
    {"nighttime", "night"}, {"normal", "medium"}, {"nostalgic", "vintage"}, {"oak", "tree"},
    {"oceans", "sea"}, {"old", ""}, {"oldfashioned", "sepia"}, {"olive", "green"}, {"only", ""},
    {"onto", "on"}, {"orb", "ball"}, {"orbit", "orbiting"}, {"other", ""}, {"overhead", "above"},
    {"pale", "white"}, {"pan", "pans"}, {"panned", "panning"}, {"panorama", "view"},
    {"parrot", "bird"}, {"party", "confetti"}, {"past", ""}, {"pasture", "green hills"}, {"pendulum", "swinging"},
    {"pentagram", "star"}, {"persons", "people"}, {"petal", "flower"}, {"petite", "small"},
    {"picture", "clip"}, {"pigeon", "bird"}, {"pivoting", "rotating"}, {"pixelart", "pixel art"},
    {"pixelated", "pixel art"}, {"pixels", "pixel art"}, {"plaid", "checkered"}, {"plant", "tree"},
    {"please", ""}, {"plum", "purple"}, {"plus", "cross"}, {"polkadot", "dotted"},
    {"pouring", "raining"}, {"prairie", "green hills"}, {"pretty", ""}, {"pulsate", "pulsing"},
    {"pulse", "pulsing"}, {"pyramid", "triangle"}, {"quadrilateral", "square"}, {"quartet", "four"},
    {"quite", ""}, {"racing", "running"}, {"raindrops", "rain"}, {"rainforest", "forest"},
    {"rains", "raining"}, {"rainstorm", "rain"}, {"really", ""}, {"recording", "clip"},
    {"render", ""}, {"retro", "vintage"}, {"revolves", "rotates"}, {"revolving", "rotating"},
    {"rhombus", "diamond"}, {"rightward", "moving right"}, {"rightwards", "moving right"},
    {"river", "sea"}, {"rose", "flower"}, {"rosy", "pink"}, {"rotate", "rotating"}, {"ruby", "red"},
    {"run", "running"}, {"runner", "person"}, {"rushing", "running"}, {"sad", ""},
    {"sahara", "desert"}, {"sailing", "boat"}, {"sails", "moves"}, {"sailship", "boat"},
    {"salmon", "fish"}, {"sands", "sand"}, {"sapphire", "blue"}, {"scarlet", "red"},
    {"scene", "video"}, {"scenery", "view"}, {"screen", "frame"}, {"scribble", "sketch"},
    {"seagull", "bird"}, {"seas", "sea"}, {"seaside", "sea"}, {"sedan", "car"},
    {"shaking", "shaky"}, {"shark", "fish"}, {"shattering", "falling apart"},
    {"shatters", "falling apart"}, {"she", "person"}, {"ship", "boat"}, {"shore", "sea"},
    {"shot", "clip"}, {"should", ""}, {"show", ""}, {"shrink", "shrinking"}, {"shrub", "tree"},
    {"shuttle", "rocket"}, {"sickle", "moon"}, {"side", ""}, {"silver", "gray"},
    {"silvery", "gray"}, {"simple", "plain"}, {"skyscraper", "skyline"}, {"skyscrapers", "skyline"},
    {"slides", "moves"}, {"sliding", "moving"}, {"slowly", "slow"}, {"smallish", "small"},
    {"smile", "smiley"}, {"smiling", "smiley"}, {"snowflake", "snow"}, {"snowflakes", "snow"},
    {"snows", "snowing"}, {"soaring", "moving up"}, {"soars", "rises"}, {"soft", "smooth"},
    {"solid", "plain"}, {"some", ""}, {"someone", "person"}, {"space", "night"},
    {"spacecraft", "rocket"}, {"sparrow", "bird"}, {"speckled", "dotted"},
    {"spiraling", "spiralling"}, {"sprints", "runs"}, {"standstill", "standing still"},
    {"starlet", "star"}, {"starship", "rocket"}, {"stationary", "standing still"},
    {"steady", "static"}, {"storm", "rain"}, {"streamers", "confetti"}, {"street", "city"},
    {"stripe", "striped"}, {"stripes", "striped"}, {"stripy", "striped"}, {"such", ""},
    {"sundown", "sunset"}, {"sunflower", "flower"}, {"sunrise", "sunset"}, {"surface", "wall"},
    {"surrounded", "inside"}, {"swimming", "moving"}, {"swims", "moves"}, {"swing", "swinging"},
    {"tan", "brown"}, {"tangerine", "orange"}, {"taxi", "car"}, {"teal", "cyan"}, {"that", ""},
    {"their", ""}, {"them", ""}, {"then", "and"}, {"there", ""}, {"these", ""}, {"they", ""},
    {"this", ""}, {"those", ""}, {"throb", "pulsing"}, {"through", "in"}, {"throughout", "in"}, {"tile", "square"}, {"tiles", "floor"},
    {"tilt", "tilts"}, {"tilted", "tilting"}, {"top", "above"}, {"torus", "ring"}, {"town", "city"},
    {"traveling", "moving"}, {"travelling", "moving"}, {"travels", "moves"}, {"trembling", "shaky"},
    {"triangular", "triangle"}, {"trio", "three"}, {"triple", "three"}, {"tripod", "static"},
    {"truck", "car"}, {"tulip", "flower"}, {"tuna", "fish"}, {"twilight", "sunset"},
    {"twirling", "rotating"}, {"twirls", "rotates"}, {"underneath", "below"},
    {"universe", "starry night"}, {"unmoving", "standing still"}, {"upon", "on"},
    {"upwards", "moving up"}, {"urban", "city"}, {"vacant", "empty"}, {"valentine", "heart"},
    {"valley", "hills"}, {"van", "car"}, {"vehicle", "car"}, {"vermilion", "red"}, {"very", ""},
    {"vessel", "boat"}, {"villa", "house"}, {"village", "city"}, {"visage", "face"},
    {"vista", "view"}, {"walk", "walking"}, {"walker", "person"}, {"wandering", "walking"},
    {"wanders", "walks"}, {"want", ""}, {"was", ""}, {"water", "sea"}, {"wave", "waving"},
    {"waves", "sea"}, {"wee", "small"}, {"were", ""}, {"westward", "moving left"},
    {"whale", "fish"}, {"what", ""}, {"wheel", "ring"}, {"when", ""}, {"where", ""}, {"which", ""},
    {"whirling", "rotating"}, {"whirls", "rotates"}, {"who", ""}, {"whose", ""},
    {"widening", "growing"}, {"will", ""}, {"winter", "snow"}, {"wobbly", "shaky"},
    {"woman", "person"}, {"women", "people"}, {"wood", "forest"}, {"wooden", "brown"},
    {"woodland", "forest"}, {"would", ""}, {"x", "cross"}, {"yacht", "boat"}, {"you", ""},
    {"young", ""}, {"your", ""}, {"zoomed", "zooms"}
    // clang-format on
}};

constexpr std::array<std::string_view, kSynonyms.size()> makeKeys() {
    std::array<std::string_view, kSynonyms.size()> keys;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        keys[i] = kSynonyms[i].first;
    }
    return keys;
}

constexpr auto kKeys = makeKeys();

}  // namespace

const std::string_view* synonymOf(std::string_view word) {
    const auto found = std::lower_bound(kKeys.begin(), kKeys.end(), word);
    return found != kKeys.end() && *found == word
               ? &kSynonyms[static_cast<std::size_t>(found - kKeys.begin())].second
               : nullptr;
}

std::span<const std::string_view> synonymKeys() {
    return kKeys;
}

}  // namespace tessera::world
