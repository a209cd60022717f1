// What FHIRPath asks of profiles: see conformance.h.
#include <algorithm>
#include <string_view>
#include <utility>

#include "fhir/validate/bundle.h"
#include "fhir/validate/profile_checker.h"

namespace throughline::validate {
namespace {

using definitions::kNoType;
using json::Value;
using path::Around;
using path::Item;

bool IsSame(const Value& a, const Value& b) { return a.is_object() && a.members().data() == b.members().data(); }

bool IsContained(const Value& container, const Value& resource) {
  return std::ranges::any_of(container.Get("contained").items(),
                             [&](const Value& each) { return IsSame(each, resource); });
}

// May a value of this type stand where the element is? Types with a point in their name belong to one element.
bool SuitsElement(const definitions::Definitions& definitions, const definitions::ProfileElement& row,
                  definitions::TypeId type) {
  const std::string_view name = type == kNoType ? std::string_view{} : definitions.type(type).name;
  if (name.find('.') != std::string_view::npos) {
    return row.content != kNoNode || row.path == name;
  }
  for (std::size_t i = 0; i < row.type_count; ++i) {
    const definitions::TypeId allowed = definitions.type(row, i).type_id;
    if (allowed == kNoType || type == allowed || definitions.Derives(type, allowed)) {
      return true;
    }
  }
  return row.type_count == 0;
}

}  // namespace

// A resource that stands in no other is what references in it are looked up from.
ProfileChecker::Frame ProfileChecker::FrameAround(const Item& item, const Around& around) const {
  Frame frame{around.root_resource, around.resource, evaluating_ ? frame_.bundle : context_.bundle,
              evaluating_ ? frame_.entry : context_.entry};
  if (!definitions_.IsResource(item.type())) {
    return frame;
  }
  frame.resource = item;
  frame.container = IsContained(frame.container.value(), item.value()) ? frame.container : item;
  for (std::size_t i = 0; frame.bundle != nullptr && i < frame.bundle->size(); ++i) {
    frame.entry = IsSame(frame.bundle->resource(i), item.value()) ? i : frame.entry;
  }
  return frame;
}

bool ProfileChecker::Conforms(std::uint32_t profile, const Item& item, const Around& around) {
  const Frame outer = std::exchange(frame_, FrameAround(item, around));
  const bool holds = Conforms(profile, item) && !stopped_;
  frame_ = outer;
  return holds;
}

std::optional<bool> ProfileChecker::IsInSlice(std::uint32_t profile, std::string_view name, const Item& item,
                                              const Around& around) {
  const ProfilePlan* const plan = profiles_.Get(profile);
  if (plan == nullptr) {
    return std::nullopt;
  }
  const Frame outer = std::exchange(frame_, FrameAround(item, around));
  std::optional<bool> belongs;
  for (const ProfileNode& owner : plan->nodes) {
    if (owner.slicing == nullptr) {
      continue;
    }
    for (const Slice& slice : owner.slicing->slices) {
      const definitions::ProfileElement& row = plan->nodes[slice.node].row;
      if (row.slice_name == name || row.id == name) {
        belongs = belongs.value_or(false) ||
                  (SuitsElement(definitions_, row, item.type()) && IsIn(*plan, owner.row.index, slice.node, item));
      }
    }
  }
  frame_ = outer;
  return belongs;
}

// The slice of a slice is in both.
bool ProfileChecker::IsIn(const ProfilePlan& plan, NodeIndex owner, NodeIndex slice, const Item& item) {
  const auto& slices = plan.nodes[owner].slicing->slices;
  if (IsIn(plan, *std::ranges::find(slices, slice, &Slice::node), item) != Match::kYes) {
    return false;
  }
  const auto above = std::ranges::find_if(plan.nodes, [&](const ProfileNode& node) {
    return node.slicing != nullptr &&
           std::ranges::find(node.slicing->slices, owner, &Slice::node) != node.slicing->slices.end();
  });
  return above == plan.nodes.end() || IsIn(plan, above->row.index, owner, item);
}

}  // namespace throughline::validate
