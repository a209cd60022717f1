#include "fhir/packages/load.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "fhir/compile/compile.h"
#include "fhir/packages/archive.h"

namespace throughline::packages {
namespace {

std::string NameOf(const Package& package) { return package.name + " " + package.version; }

// The definitions that are linked in, under the names they are published as.
bool IsR4(std::string_view name) { return name == "hl7.fhir.core" || name.starts_with("hl7.fhir.r4."); }

bool Meets(std::string_view version, std::string_view wanted) {
  if (wanted == "current" || wanted == "latest" || wanted == "dev" || wanted.empty()) {
    return true;
  }
  return wanted.ends_with(".x") ? version.starts_with(wanted.substr(0, wanted.size() - 1)) : version == wanted;
}

bool IsMetByR4(const Dependency& dependency) {
  return IsR4(dependency.name) && (Meets("4.0.1", dependency.version) || dependency.version.starts_with("4.0."));
}

class Orderer {
 public:
  explicit Orderer(std::span<const Package> packages) : packages_(packages), states_(packages.size(), State::kNew) {}

  Result<std::vector<std::size_t>> Run(std::string* told) {
    if (auto checked = CheckNames(); !checked) {
      return std::move(checked).error();
    }
    std::string missing = Missing();
    if (told == nullptr && !missing.empty()) {
      return Refused("package-dependency", std::move(missing));
    }
    if (told != nullptr) {
      *told = std::move(missing);
    }
    for (std::size_t i = 0; i < packages_.size(); ++i) {
      if (auto visited = Visit(i); !visited) {
        return std::move(visited).error();
      }
    }
    return std::move(order_);
  }

 private:
  enum class State : std::uint8_t { kNew, kOpen, kDone };
  static constexpr std::size_t kNowhere = SIZE_MAX;

  std::size_t Find(const Dependency& dependency) const {
    const auto found = std::ranges::find_if(packages_, [&](const Package& package) {
      return package.name == dependency.name && Meets(package.version, dependency.version);
    });
    return found == packages_.end() ? kNowhere : static_cast<std::size_t>(found - packages_.begin());
  }

  Result<void> CheckNames() const {
    for (std::size_t i = 0; i < packages_.size(); ++i) {
      const Package& package = packages_[i];
      if (IsR4(package.name)) {
        return Refused("package-twice", package.name + " is built in: take it off the list");
      }
      for (const Package& other : packages_.first(i)) {
        if (NameOf(other) == NameOf(package)) {
          return Refused("package-twice", NameOf(package) + " is given twice");
        }
      }
    }
    return {};
  }

  // Everything at once.
  std::string Missing() const {
    std::string missing;
    for (const Package& package : packages_) {
      for (const Dependency& dependency : package.dependencies) {
        if (!IsMetByR4(dependency) && Find(dependency) == kNowhere) {
          missing.append(missing.empty() ? "" : "; ");
          missing.append(NameOf(package) + " depends on " + dependency.name + " " + dependency.version +
                         ", which is not among the packages");
        }
      }
    }
    return missing;
  }

  Result<void> Visit(std::size_t index) {
    if (states_[index] == State::kDone) {
      return {};
    }
    path_.push_back(index);
    if (states_[index] == State::kOpen) {
      return Circle();
    }
    states_[index] = State::kOpen;
    for (const Dependency& dependency : packages_[index].dependencies) {
      const std::size_t found = IsMetByR4(dependency) ? kNowhere : Find(dependency);
      if (found == kNowhere) {
        continue;
      }
      if (auto visited = Visit(found); !visited) {
        return visited;
      }
    }
    path_.pop_back();
    states_[index] = State::kDone;
    order_.push_back(index);
    return {};
  }

  Result<void> Circle() const {
    const auto start = std::ranges::find(path_, path_.back());
    std::string names;
    for (auto place = start; place != path_.end(); ++place) {
      names.append(place == start ? "" : " -> ").append(NameOf(packages_[*place]));
    }
    return Refused("package-cycle", "packages depend on each other in a circle: " + names);
  }

  std::span<const Package> packages_;
  std::vector<State> states_;
  std::vector<std::size_t> path_;
  std::vector<std::size_t> order_;
};

Error InPackage(const Package& package, Error error) {
  error.message = NameOf(package) + ": " + error.message;
  for (Issue& issue : error.issues) {
    issue.text = NameOf(package) + ": " + issue.text;
  }
  return error;
}

}  // namespace

Result<std::vector<std::size_t>> LoadOrder(std::span<const Package> packages, std::string* missing) {
  return Orderer(packages).Run(missing);
}

Result<std::string> Compile(const Package& package, const definitions::Definitions& below) {
  for (const json::Value& resource : package.resources) {
    const std::string canonical =
        std::string(resource.Get("url").text()) + "|" + std::string(resource.Get("version").text());
    definitions::Profile profile;
    if (resource.Get("resourceType").text() == "StructureDefinition" && below.FindProfile(canonical, profile)) {
      return InPackage(package, Refused("package-twice", canonical + " is in R4 or in another package already"));
    }
  }
  compile::Input input;
  input.resources = package.resources;
  input.below = &below;
  input.package = package.name;
  input.package_version = package.version;
  auto blob = compile::Compile(input);
  if (!blob) {
    return InPackage(package, std::move(blob).error());
  }
  return blob;
}

}  // namespace throughline::packages
