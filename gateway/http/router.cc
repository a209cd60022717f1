#include "gateway/http/router.h"

#include <algorithm>
#include <utility>

namespace throughline::http {
namespace {

bool IsPlace(std::string_view segment) { return segment.starts_with('{'); }

std::vector<std::string_view> Split(std::string_view path) {
  std::vector<std::string_view> segments;
  path.remove_prefix(1);
  while (true) {
    const std::size_t slash = path.find('/');
    segments.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return segments;
    path.remove_prefix(slash + 1);
  }
}

bool Fits(const std::vector<std::string_view>& pattern, std::span<const std::string> segments) {
  return std::ranges::equal(pattern, segments, [](std::string_view expected, const std::string& segment) {
    return IsPlace(expected) ? !segment.empty() : expected == segment;
  });
}

std::vector<Parameter> PlacesOf(const std::vector<std::string_view>& pattern, std::span<const std::string> segments) {
  std::vector<Parameter> places;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (!IsPlace(pattern[i])) continue;
    places.push_back({std::string(pattern[i].substr(1, pattern[i].size() - 2)), segments[i]});
  }
  return places;
}

void Allow(Method method, std::string& allow) {
  const std::string_view name = NameOf(method);
  if (allow.find(name) != std::string::npos) return;
  if (!allow.empty()) allow += ", ";
  allow += name;
}

bool Answers(const Route& route, Method method) {
  return route.method == method || (route.method == Method::kGet && method == Method::kHead);
}

}  // namespace

Router::Router(std::span<const Route> routes) : routes_(routes) {
  for (const Route& route : routes) patterns_.push_back({&route, Split(route.pattern.text())});
  // A literal goes before a place at the first segment where they differ.
  const auto literal_first = [](const Pattern& a, const Pattern& b) {
    return std::ranges::lexicographical_compare(a.segments, b.segments, {}, IsPlace, IsPlace);
  };
  std::ranges::stable_sort(patterns_, literal_first);
}

Router::Match Router::Find(Method method, std::span<const std::string> segments) const {
  Match match;
  for (const Pattern& pattern : patterns_) {
    if (!Fits(pattern.segments, segments)) continue;
    if (Answers(*pattern.route, method)) {
      match.route = pattern.route;
      match.places = PlacesOf(pattern.segments, segments);
      return match;
    }
    Allow(pattern.route->method, match.allow);
    if (pattern.route->method == Method::kGet) Allow(Method::kHead, match.allow);
  }
  return match;
}

}  // namespace throughline::http
