// Text made comparable. https://hl7.org/fhir/R4/search.html#string
#pragma once

#include <string>
#include <string_view>

namespace throughline::search {

// Without case, accents and other combining marks, white space at the ends and more than one blank in a row (Unicode:
// NFKD, marks removed, default case folding). "Müller" and "muller" fold to the same text. Bytes that are no UTF-8
// become U+FFFD.
std::string Fold(std::string_view text);

// ASCII letters in lower case: how token codes are compared.
std::string FoldCode(std::string_view code);

}  // namespace throughline::search
