#include "fhir/compile/input.h"

namespace throughline::compile {

Differences Differences::Read(const json::Value& root) {
  Differences differences;
  for (const json::Value& path : root.Get("drop").Get("elements").items()) {
    differences.dropped_elements.emplace(path.text());
  }
  for (const json::Value& url : root.Get("drop").Get("search_parameters").items()) {
    differences.dropped_search_parameters.emplace(url.text());
  }
  for (const json::Value& row : root.Get("read_as").items()) {
    if (row.Get("element").text() == "Resource.id") {
      differences.resource_id_type = row.Get("type").text();
    }
  }
  for (const json::Value& row : root.Get("correct").items()) {
    differences.designations[{row.Get("code_system").text(), row.Get("code").text(), row.Get("language").text()}] =
        row.Get("value").text();
  }
  return differences;
}

std::vector<json::Value> Input::ResourcesOf(std::string_view type) const {
  std::vector<json::Value> found;
  std::set<std::string_view> urls;
  for (const json::Value& resource : resources) {
    if (resource.Get("resourceType").text() == type && urls.insert(resource.Get("url").text()).second) {
      found.push_back(resource);
    }
  }
  return found;
}

}  // namespace throughline::compile
