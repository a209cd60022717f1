#include <algorithm>
#include <cstring>
#include <utility>

#include "fhir/json/parse.h"
#include "gateway/http/answers.h"
#include "gateway/http/handlers.h"
#include "gateway/http/issue_places.h"
#include "gateway/http/media_type.h"
#include "gateway/local/intake.h"
#include "gateway/local/preview.h"
#include "gateway/local/view.h"

namespace throughline::http {
namespace {

constexpr std::string_view kLines = "application/x-ndjson";
constexpr std::string_view kDocument = "application/json";
constexpr std::size_t kMostKeyBytes = 255;

// The encoding that the sender names; nothing: none, or one that is not read.
std::optional<formats::Encoding> EncodingOf(const Request& request) {
  constexpr std::pair<std::string_view, formats::Encoding> kCharsets[] = {
      {"utf-8", formats::Encoding::kUtf8},
      {"iso-8859-1", formats::Encoding::kLatin1},
      {"windows-1252", formats::Encoding::kWindows1252},
  };
  for (const auto& [name, encoding] : kCharsets) {
    if (request.charset == name) return encoding;
  }
  return std::nullopt;
}

Result<formats::Syntax> SyntaxOf(const Request& request) {
  const bool utf8 = request.charset.empty() || request.charset == "utf-8";
  for (const formats::Syntax syntax : {formats::Syntax::kJson, formats::Syntax::kNdjson, formats::Syntax::kCsv}) {
    const bool readable = utf8 || (syntax == formats::Syntax::kCsv && EncodingOf(request));
    if (readable && request.content_type == formats::MediaTypeOf(syntax)) return syntax;
  }
  return MakeError(ErrorKind::kUnsupportedMedia, "http-content-type",
                   "this media type or character set is not read here");
}

// Lines only for those who ask for them by name.
Result<local::AnswerForm> FormOf(const Request& request) {
  const std::string_view accept = request.headers.Find("Accept").value_or("");
  if (accept.find(kLines) != std::string_view::npos && Accepts(request.headers, {kLines}))
    return local::AnswerForm::kLines;
  if (Accepts(request.headers, {kDocument})) return local::AnswerForm::kDocument;
  return MakeError(ErrorKind::kNotAcceptable, "http-accept", "answers are application/json or application/x-ndjson");
}

Result<local::IntakeRequest> IntakeOf(const Request& request) {
  auto syntax = SyntaxOf(request);
  if (!syntax) return std::move(syntax).error();
  auto form = FormOf(request);
  if (!form) return std::move(form).error();
  const std::string key(request.headers.Find("Idempotency-Key").value_or(""));
  if (key.size() > kMostKeyBytes)
    return MakeError(ErrorKind::kTooLong, "idempotency-key", "the Idempotency-Key is too long");
  return local::IntakeRequest{std::string(request.Place("map")), *syntax, *form, key, EncodingOf(request)};
}

// Pieces of the body, handed over in the sizes that are asked for.
formats::ByteSource SourceOf(BodyReader& body) {
  return [&body, left = std::string_view()](std::span<char> room) mutable -> Result<std::size_t> {
    if (left.empty()) {
      auto piece = body.Next();
      if (!piece) return std::move(piece).error();
      left = *piece;
    }
    const std::size_t count = std::min(left.size(), room.size());
    std::memcpy(room.data(), left.data(), count);
    left.remove_prefix(count);
    return count;
  };
}

Response AnswerFile(Result<local::LocalFile> file) {
  if (!file) return AnswerOf(file.error());
  return Json(200, std::move(file->bytes), file->media_type);
}

}  // namespace

Response TakeLocalRecords(const Gateway& gateway, Request& request) {
  auto intake = IntakeOf(request);
  if (!intake) return AnswerOf(intake.error());
  Response response = Json(200, {}, intake->form == local::AnswerForm::kLines ? kLines : kDocument);
  response.stream = [&gateway, &request, intake = *intake](BodySink& sink) -> Result<void> {
    const auto answer = [&sink](std::string_view bytes) { return sink.Write(bytes); };
    auto taken = local::TakeIn(*gateway.local, *request.requester, intake, SourceOf(*request.body), answer);
    return taken ? Result<void>() : std::move(taken).error();
  };
  return response;
}

Response PreviewLocalRecords(const Gateway& gateway, Request& request) {
  const auto intake = IntakeOf(request);
  if (!intake) return AnswerOf(intake.error());
  const auto body = ReadAll(*request.body);
  if (!body) return AnswerOf(body.error());
  auto preview = local::Preview(*gateway.local, *request.requester, *intake, *body);
  return preview ? Json(200, *std::move(preview), kDocument) : AnswerOf(PlacedIn(*body, std::move(preview).error()));
}

Response ViewLocalRecord(const Gateway& gateway, Request& request) {
  return AnswerFile(local::View(*gateway.local, *request.requester, request.Place("map"), request.Place("id")));
}

Response FindLocalRecords(const Gateway& gateway, Request& request) {
  const auto body = ReadAll(*request.body);
  if (!body) return AnswerOf(body.error());
  auto question = json::ParseDocument(*body);
  if (!question) return AnswerOf(PlacedIn(*body, std::move(question).error()));
  return AnswerFile(local::FindViews(*gateway.local, *request.requester, request.Place("map"), question->root));
}

}  // namespace throughline::http
