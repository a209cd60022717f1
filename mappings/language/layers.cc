#include "mappings/language/layers.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "mappings/language/words.h"

namespace throughline::language {
namespace {

auto FindKey(YamlNode& group, const YamlNode& key) {
  return std::ranges::find_if(group.pairs, [&](const YamlPair& pair) {
    return pair.key.text == key.text && pair.key.kind == key.kind;  // null is not the text 'null'
  });
}

constexpr std::string_view kExtendsRule = "map-extends";
using Kind = YamlNode::Kind;

// A text that is short for a group: `born: patient.birthDate` is `fhir:`, `sex: sex.csv` is `file:`.
void Spell(YamlNode& entry, Place place) {
  if (entry.kind != Kind::kScalar) return;
  YamlNode key;
  key.kind = Kind::kScalar;
  key.mark = entry.mark;
  key.text = place == Place::kField ? "fhir" : "file";
  YamlNode group;
  group.kind = Kind::kMap;
  group.mark = entry.mark;
  group.pairs.push_back({std::move(key), std::move(entry)});
  entry = std::move(group);
}

void Remove(YamlNode& group, std::string_view key) {
  std::erase_if(group.pairs, [&](const YamlPair& pair) { return pair.key.text == key; });
}

void MergeGroup(YamlNode& base, YamlNode own, Place place);

// The entries of a section: each is merged with the one of its name.
void MergeEntries(YamlNode& base, YamlNode own, const Word& section) {
  for (YamlPair& pair : own.pairs) {
    const auto found = FindKey(base, pair.key);
    if (found == base.pairs.end()) {
      base.pairs.push_back(std::move(pair));
      continue;
    }
    found->key = std::move(pair.key);
    if (section.shape == Shape::kShortable) {
      Spell(found->value, section.of);
      Spell(pair.value, section.of);
    }
    if (found->value.kind == Kind::kMap && pair.value.kind == Kind::kMap) {
      MergeGroup(found->value, std::move(pair.value), section.of);
    } else {
      found->value = std::move(pair.value);
    }
  }
}

// `own` over `base`, where the words of `place` stand; words that exclude each other do so across files too.
void MergeGroup(YamlNode& base, YamlNode own, Place place) {
  base.mark = own.mark;
  for (YamlPair& pair : own.pairs) {
    const Word* word = FindWord(place, pair.key.text);
    if (word != nullptr && word->goes) {
      for (const Word& other : WordsOf(place)) {
        if (other.goes && other.name != word->name) Remove(base, other.name);
      }
    }
    const auto found = FindKey(base, pair.key);
    if (found == base.pairs.end()) {
      base.pairs.push_back(std::move(pair));
      continue;
    }
    found->key = std::move(pair.key);
    if (found->value.kind != Kind::kMap || pair.value.kind != Kind::kMap) {
      found->value = std::move(pair.value);
    } else if (word == nullptr || word->shape == Shape::kGroup) {
      MergeGroup(found->value, std::move(pair.value), word == nullptr ? Place::kDerived : word->of);
    } else {
      MergeEntries(found->value, std::move(pair.value), *word);
    }
  }
}

class Reader {
 public:
  Reader(const FileReader& read, const MapFinder& find, Diagnostics& diagnostics, Layers& layers)
      : read_(read), find_(find), diagnostics_(diagnostics), layers_(layers) {}

  bool Read(const std::string& path, std::string_view text, YamlNode& root) {
    const std::uint32_t file = static_cast<std::uint32_t>(layers_.files.size());
    layers_.files.push_back(path);
    if (!ParseYaml(text, diagnostics_, root, file)) return false;
    if (root.kind != Kind::kMap) {
      diagnostics_.Error("map-yaml", {1, 1, file}, 1,
                         "a map is a file of 'key: value' lines; it begins with 'map: some-name'");
      return false;
    }
    const YamlNode* extends = root.Find("extends");
    const YamlNode* without = root.Find("without");
    if (extends != nullptr) return Extend(*extends, root);
    if (without == nullptr) return true;
    diagnostics_.Error(kExtendsRule, without->mark, 1, "'without' takes away from the map that 'extends' names");
    return false;
  }

 private:
  bool Refuse(const YamlNode& extends, std::string text) {
    diagnostics_.Error(kExtendsRule, extends.mark, extends.text.size(), std::move(text));
    return false;
  }

  bool Extend(const YamlNode& extends, YamlNode& root) {
    if (extends.kind != Kind::kScalar || extends.text.empty()) {
      return Refuse(extends, "'extends' is a map's name in the library, or its path from here: ../clinic/map.yaml");
    }
    const std::string path = PathOf(extends.text);
    if (std::ranges::find(layers_.files, path) != layers_.files.end()) {
      return Refuse(extends, "the maps extend each other in a circle: this one stands above already");
    }
    if (layers_.files.size() >= kMostLayers) {
      return Refuse(extends, "a map is made of at most " + std::to_string(kMostLayers) + " files");
    }
    const auto text = read_(path);
    if (!text && text.error().kind != ErrorKind::kNotFound) {
      return Refuse(extends, "the map that this one extends cannot be read" + WhyUnread(text.error()));
    }
    if (!text) return Refuse(extends, "the map that this one extends cannot be read: " + path);
    diagnostics_.AddFile(path, *text);
    YamlNode base;
    if (!Read(path, *text, base)) return false;
    Lay(std::move(base), root);
    return diagnostics_.ok();
  }

  std::string PathOf(const std::string& name) const {
    const bool plain = name.find('/') == std::string::npos && !name.ends_with(".yaml");
    if (plain && find_) return find_(name);
    const std::string folder = FolderOf(layers_.files.back());
    const std::string path = plain ? folder + "../" + name + "/map.yaml" : name.front() == '/' ? name : folder + name;
    return std::filesystem::path(path.ends_with(".yaml") ? path : path + "/map.yaml").lexically_normal().string();
  }

  // `root` over `base`.
  void Lay(YamlNode base, YamlNode& root) {
    for (const Word& word : WordsOf(Place::kMap)) {
      if (word.own) Remove(base, word.name);
    }
    if (const YamlNode* without = root.Find("without")) TakeAway(base, *without);
    Remove(root, "extends");
    Remove(root, "without");
    MergeGroup(base, std::move(root), Place::kMap);
    root = std::move(base);
  }

  void TakeAway(YamlNode& base, const YamlNode& without) {
    if (without.kind == Kind::kScalar) return TakeOne(base, without);
    for (const YamlNode& item : without.items) TakeOne(base, item);
    for (const auto& [key, below] : without.pairs) {
      YamlNode* found = Named(base, key);
      if (found == nullptr) continue;
      if (below.kind == Kind::kNothing) {
        Remove(base, key.text);
      } else {
        TakeAway(*found, below);
      }
    }
  }

  void TakeOne(YamlNode& base, const YamlNode& name) {
    if (name.kind != Kind::kScalar) {
      diagnostics_.Error(kExtendsRule, name.mark, 1, "'without' holds names, in lists or below other names");
    } else if (Named(base, name) != nullptr) {
      Remove(base, name.text);
    }
  }

  // Null after a report.
  YamlNode* Named(YamlNode& base, const YamlNode& key) {
    std::vector<std::string_view> names;
    for (YamlPair& pair : base.pairs) {
      if (pair.key.text == key.text) return &pair.value;
      names.push_back(pair.key.text);
    }
    diagnostics_.Error(kExtendsRule, key.mark, key.text.size(),
                       "the map that this one extends has no '" + key.text + "' here" + DidYouMean(key.text, names));
    return nullptr;
  }

  const FileReader& read_;
  const MapFinder& find_;
  Diagnostics& diagnostics_;
  Layers& layers_;
};

}  // namespace

bool ReadLayers(std::string_view path, std::string_view text, const FileReader& read, const MapFinder& find,
                Diagnostics& diagnostics, Layers& layers) {
  return Reader(read, find, diagnostics, layers).Read(std::string(path), text, layers.root);
}

YamlNode SpelledOut(YamlNode root) {
  for (auto& [key, section] : root.pairs) {
    const Word* word = FindWord(Place::kMap, key.text);
    if (word == nullptr || word->shape != Shape::kShortable) continue;
    for (YamlPair& entry : section.pairs) Spell(entry.value, word->of);
  }
  return root;
}

std::string FolderOf(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? "" : std::string(path.substr(0, slash + 1));
}

}  // namespace throughline::language
