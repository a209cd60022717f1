// matches(), matchesFull(), replaceMatches(). https://hl7.org/fhirpath/N1/#matchesregex-string-boolean
#include <re2/re2.h>

#include <string>

#include "fhir/path/functions.h"
#include "fhir/path/pattern.h"

namespace throughline::path {
namespace {

re2::StringPiece PieceOf(std::string_view text) { return {text.data(), text.size()}; }

// The input and the pattern of a call; `regex` is null when one of them is empty.
struct Question {
  std::string_view text;
  std::string_view pattern;
  const re2::RE2* regex = nullptr;
  std::unique_ptr<re2::RE2> own;
};

bool ReadQuestion(Invocation& call, std::size_t flags_at, Question& out) {
  std::optional<std::string_view> text;
  std::optional<std::string_view> pattern;
  std::optional<std::string_view> flags = "";
  if (!call.InputText(text) || !call.TextArgument(0, pattern)) return false;
  if (call.argument_count() > flags_at && !call.TextArgument(flags_at, flags)) return false;
  if (!text || !pattern) return true;
  if (!call.run().Charge(text->size() / 16)) return false;
  out.text = *text;
  out.pattern = *pattern;
  out.regex = call.call().pattern;
  if (out.regex != nullptr) return true;
  std::string_view reason;
  out.own = CompilePattern(*pattern, flags.value_or(""), reason);
  if (out.own == nullptr) return call.Fail(reason);
  out.regex = out.own.get();
  return call.run().Charge(16);
}

}  // namespace

bool Matches(Invocation& call, Collection& out) {
  Question question;
  if (!ReadQuestion(call, 1, question)) return false;
  if (question.regex == nullptr) return true;
  out.Add(Item::Boolean(re2::RE2::PartialMatch(PieceOf(question.text), *question.regex)));
  return true;
}

bool MatchesFull(Invocation& call, Collection& out) {
  Question question;
  if (!ReadQuestion(call, 1, question)) return false;
  if (question.regex == nullptr) return true;
  out.Add(Item::Boolean(re2::RE2::FullMatch(PieceOf(question.text), *question.regex)));
  return true;
}

bool ReplaceMatches(Invocation& call, Collection& out) {
  Question question;
  std::optional<std::string_view> substitution;
  if (!ReadQuestion(call, 2, question) || !call.TextArgument(1, substitution)) return false;
  if (question.regex == nullptr || !substitution) return true;
  if (question.pattern.empty()) return call.AddText(question.text, out);
  std::string text;
  std::string_view reason;
  if (!ReplacePattern(question.text, *question.regex, *substitution, kMaxText, text, reason)) return call.Fail(reason);
  return call.AddText(text, out);
}

}  // namespace throughline::path
