// Composite rows without a table of their own: a pair of a token and another value is kept as a row of the other value,
// under a parameter that is named by the token: "code-value-quantity$8480-6|:http://loinc.org|".
#pragma once

#include <string>
#include <vector>

#include "fhir/search/index_row.h"
#include "fhir/search/query.h"
#include "gateway/store/row_test.h"

namespace throughline::store {

// Puts such rows in the place of the composite ones. Those of other shapes (R4 has them on MolecularSequence alone) are
// left out, and cannot be searched by.
void FlattenComposites(std::vector<search::IndexRow>& rows);

// Whether the value is a pair of that kind.
bool IsPair(const search::ConditionValue& value);
// The test of `code` of the table search_parameter for the token of a pair under `parameter`.
std::string PairParameterTest(const std::string& parameter, const search::TokenValue& token, Binder& binder);

}  // namespace throughline::store
