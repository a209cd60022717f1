// The table of search parameter types: how values of FHIR become rows, how texts of queries become values, and when the
// two meet. A row a type, each in the file of its name. https://hl7.org/fhir/R4/search.html#ptypes
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/definitions/definitions.h"
#include "fhir/path/item.h"
#include "fhir/search/index_row.h"
#include "fhir/search/query.h"
#include "fhir/search/row_sink.h"

namespace throughline::search {

// What a text of a query is read with.
struct ValueContext {
  const definitions::Definitions& definitions;
  const QueryOptions& options;
  Modifier modifier = Modifier::kNone;
  std::string_view modifier_type;  // of kType
};

using AddRows = void (*)(RowSink& sink, const path::Item& item);
// `text` still has its escapes. False: it is no value of this type.
using ReadValue = bool (*)(const ValueContext& context, std::string_view text, ConditionValue& out);
using ValueMatches = bool (*)(Modifier modifier, const ConditionValue& value, const IndexRow& row);

struct TypeRow {
  definitions::SearchType type;
  AddRows add;
  ReadValue read;
  ValueMatches matches;
};

// Null for types that have no single values (composite) or are not supported (special).
const TypeRow* FindTypeRow(definitions::SearchType type);
// Of the alternative that the value is; null for composite ones.
const TypeRow* FindTypeRow(const ConditionValue& value);

void AddTokenRows(RowSink& sink, const path::Item& item);
bool ReadTokenValue(const ValueContext& context, std::string_view text, ConditionValue& out);
bool TokenMatches(Modifier modifier, const ConditionValue& value, const IndexRow& row);

void AddReferenceRows(RowSink& sink, const path::Item& item);
bool ReadReferenceValue(const ValueContext& context, std::string_view text, ConditionValue& out);
bool ReferenceMatches(Modifier modifier, const ConditionValue& value, const IndexRow& row);

void AddDateRows(RowSink& sink, const path::Item& item);
bool ReadDateValue(const ValueContext& context, std::string_view text, ConditionValue& out);
bool DateMatches(Modifier modifier, const ConditionValue& value, const IndexRow& row);

void AddStringRows(RowSink& sink, const path::Item& item);
bool ReadStringValue(const ValueContext& context, std::string_view text, ConditionValue& out);
bool StringMatches(Modifier modifier, const ConditionValue& value, const IndexRow& row);

void AddUriRows(RowSink& sink, const path::Item& item);
bool ReadUriValue(const ValueContext& context, std::string_view text, ConditionValue& out);
bool UriMatches(Modifier modifier, const ConditionValue& value, const IndexRow& row);

void AddNumberRows(RowSink& sink, const path::Item& item);
bool ReadNumberValue(const ValueContext& context, std::string_view text, ConditionValue& out);
bool NumberMatches(Modifier modifier, const ConditionValue& value, const IndexRow& row);

void AddQuantityRows(RowSink& sink, const path::Item& item);
bool ReadQuantityValue(const ValueContext& context, std::string_view text, ConditionValue& out);
bool QuantityMatches(Modifier modifier, const ConditionValue& value, const IndexRow& row);

// Composite parameters: as many values as there are components, each of the component's type.
struct ComponentType {
  const TypeRow* type = nullptr;
  std::string_view expression;  // as it is meant, where the definitions have it wrong
};
// False: a component is of no type that has single values, or names a parameter that is not known.
bool ComponentsOf(const definitions::Definitions& definitions, const definitions::SearchParameter& parameter,
                  std::vector<ComponentType>& out);
// Adds a row for each way to take one of the rows of each component (their parameters are not looked at).
void AddCompositeRows(RowSink& sink, const std::vector<std::vector<IndexRow>>& components);
// "a$b".
bool ReadCompositeValue(const ValueContext& context, const std::vector<ComponentType>& components,
                        std::string_view text, ConditionValue& out);
bool CompositeMatches(const ConditionValue& value, const IndexRow& row);

// Shared by the types.

// The FHIR type of a node ("Coding"); empty for System values.
std::string_view TypeOf(const definitions::Definitions& definitions, const path::Item& item);
// Takes a prefix off the text; kEq when it has none.
Prefix TakePrefix(std::string_view& text);
// Splits at `separator` where no backslash stands before it; the parts keep their escapes.
std::vector<std::string_view> SplitEscaped(std::string_view text, char separator);
// Resolves \, \| \$ \\. False: another escape, or none at the end.
bool Unescaped(std::string_view text, std::string& out);

}  // namespace throughline::search
