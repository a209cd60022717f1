// A snapshot as a tree that the elements of a differential are applied to.
// https://hl7.org/fhir/R4/profiling.html#snapshot
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/compile/element_rules.h"
#include "fhir/compile/profiles.h"

namespace throughline::compile {

// Gives each element the id that its path and the slices around it make, where it has none of its own.
std::vector<ElementRules> WithIds(std::vector<ElementRules> differential);

class ElementTree {
 public:
  // Other definitions.
  struct Source {
    // A datatype's or a profile's, when a differential walks into it.
    std::function<Result<const ProfileDraft*>(std::string_view canonical)> snapshot;
    // What a profile says of its root, as far as that is known without generating anything.
    std::function<ElementRules(std::string_view canonical)> root;
  };

  ElementTree(const std::vector<ElementRules>& base, Source source);

  // Merges one element of a differential: walks to it by its id, on the way into datatypes, profiles and content
  // references where the base does not go as deep, and adds slices that are not there yet. kNotFound: the base has no
  // such element; the message names the element. kInvalid: too many elements, or what fetching said.
  Result<void> Apply(ElementRules element);

  // The snapshot in its order, with ids and paths.
  std::vector<ElementRules> Flatten() const;

 private:
  struct Node {
    std::string name;  // last part of the path
    ElementRules rules;
    ElementRules before;       // without what the differential says
    bool is_expanded = false;  // the children were not there before
    bool is_added = false;     // a slice of the differential
    bool is_by_type = false;   // a choice that the differential names by its types: "valueQuantity" for "value[x]"
    std::vector<Node> children;
  };
  struct Step {
    std::string_view name;
    std::string_view slice;
  };

  static std::vector<Step> StepsOf(const ElementRules& element);
  Node Grow(const std::vector<ElementRules>& elements);
  Result<Node*> Walk(Node& parent, Step step);
  Result<Node*> WalkChoice(Node& parent, std::size_t choice, Step step);
  Result<Node*> AddSlice(Node& parent, Step step);
  static Node Before(const Node& node);
  Result<void> Expand(Node& node);
  Result<void> ExpandReference(Node& node);
  void ApplyProfileOfType(const ElementRules& element, Node& node) const;
  const Node* FindById(std::string_view id) const;
  Result<void> CountNodes(const Node& node);
  static void Flatten(const Node& node, std::string_view parent_id, std::string_view parent_path,
                      std::vector<ElementRules>& elements);

  Source source_;
  std::size_t nodes_ = 0;
  Node root_;
};

}  // namespace throughline::compile
