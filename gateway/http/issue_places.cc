#include "gateway/http/issue_places.h"

#include <string>
#include <vector>

#include "fhir/json/locate.h"

namespace throughline::http {
namespace {

bool PointsIntoBody(const Issue& issue) {
  return issue.location.starts_with('/') || (issue.location.empty() && !issue.expression.empty());
}

std::string TextOf(const json::Position& position) {
  return std::to_string(position.line) + ':' + std::to_string(position.column);
}

}  // namespace

Error PlacedIn(std::string_view body, Error error) {
  std::vector<Issue*> placed;
  std::vector<std::string_view> pointers;
  for (Issue& issue : error.issues) {
    if (const auto offset = json::OffsetOf(issue.location)) {
      issue.location = TextOf(json::PositionAt(body, *offset));
    } else if (PointsIntoBody(issue)) {
      placed.push_back(&issue);
      pointers.push_back(issue.location);
    }
  }
  if (pointers.empty()) return error;
  const std::vector<json::Position> positions = json::Locate(body, pointers);
  for (std::size_t i = 0; i < placed.size(); ++i) placed[i]->location = TextOf(positions[i]);
  return error;
}

}  // namespace throughline::http
