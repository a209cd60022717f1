#include "gateway/app/operator.h"

#include <Poco/Exception.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/SocketAddress.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <istream>
#include <iterator>
#include <ostream>
#include <utility>

#include "certs/secret_file.h"
#include "fhir/json/parse.h"
#include "fhir/json/write.h"
#include "gateway/app/compose.h"

namespace throughline::app {
namespace {

std::string AdminFile(const std::string& folder) { return (std::filesystem::path(folder) / "admin.json").string(); }

int PrintAnswer(const OperatorAnswer& answer) {
  const bool whole = std::fwrite(answer.output.data(), 1, answer.output.size(), stdout) == answer.output.size();
  return whole ? answer.code : kCouldNotRun;
}

std::string FirstText(const json::Value& outcome) {
  const json::Value issues = outcome.Get("issue");
  if (issues.size() == 0) return "it gave no reason";
  return std::string(issues.items().front().Get("diagnostics").text());
}

Result<OperatorAnswer> ReadAnswer(int status, const std::string& body) {
  auto document = json::ParseDocument(body, {.string_bytes = std::size_t{1} << 30});
  if (!document) return MakeError(ErrorKind::kUnavailable, "admin", "the running gateway's answer cannot be read");
  const json::Value& answer = document->root;
  if (status != Poco::Net::HTTPResponse::HTTP_OK) {
    return MakeError(ErrorKind::kUnavailable, "admin", "the running gateway refused: " + FirstText(answer));
  }
  return OperatorAnswer{answer.Get("code").text() == "1" ? kFindings : kFine, std::string(answer.Get("output").text())};
}

Result<OperatorAnswer> AskRunning(const std::string& address, const std::string& token, const std::string& request) {
  try {
    Poco::Net::HTTPClientSession session{Poco::Net::SocketAddress(address)};
    session.setTimeout(Poco::Timespan(600, 0));
    Poco::Net::HTTPRequest head(Poco::Net::HTTPRequest::HTTP_POST, "/admin/command", Poco::Net::HTTPRequest::HTTP_1_1);
    head.setContentType("application/json");
    head.setContentLength64(static_cast<Poco::Int64>(request.size()));
    head.set("Authorization", "Bearer " + token);
    session.sendRequest(head) << request;
    Poco::Net::HTTPResponse response;
    std::istream& stream = session.receiveResponse(response);
    const std::string body{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    return ReadAnswer(response.getStatus(), body);
  } catch (const Poco::Exception& thrown) {
    return MakeError(ErrorKind::kUnavailable, "admin",
                     "the running gateway did not answer: " + std::string(thrown.className()));
  }
}

Result<OperatorAnswer> ThroughRunning(const std::string& folder, std::string_view name, const std::string& arguments,
                                      Error opening) {
  auto file = certs::ReadSecretFile(AdminFile(folder));
  if (!file) return opening;
  auto admin = json::ParseDocument(*file);
  if (!admin) return opening;
  std::string request = R"({"command":)";
  json::WriteString(name, request);
  request += R"(,"arguments":)" + arguments + "}";
  return AskRunning(std::string(admin->root.Get("address").text()), std::string(admin->root.Get("token").text()),
                    request);
}

Result<const OperatorRow*> FindRow(std::string_view name) {
  const auto rows = OperatorCommands();
  const auto row = std::ranges::find(rows, name, &OperatorRow::name);
  if (row == rows.end()) return MakeError(ErrorKind::kNotFound, "admin-command", "there is no such command");
  return std::to_address(row);
}

Result<void> RenewIndex(Gateway& gateway) {
  bool said = false;
  const auto report = gateway.Reindex([&said](const store::ReindexProgress&) {
    if (!said)
      std::fprintf(stderr, "throughline: packages or the program have changed: the search index is made anew first\n");
    return said = true;
  });
  return report ? Result<void>() : Result<void>(report.error());
}

Result<OperatorAnswer> RunOperator(const Invocation& invocation, std::string_view name, const std::string& arguments) {
  auto config = LoadConfig(invocation.Value("config"));
  if (!config) return std::move(config).error();
  auto gateway = Gateway::Open(*config);
  if (!gateway && gateway.error().kind == ErrorKind::kUnavailable) {
    return ThroughRunning(config->store_path, name, arguments, std::move(gateway).error());
  }
  if (!gateway) return std::move(gateway).error();
  auto document = json::ParseDocument(arguments);
  if (!document) return std::move(document).error();
  const auto row = FindRow(name);
  if (!row) return row.error();
  if ((*row)->writes) {
    if (auto renewed = RenewIndex(**gateway); !renewed) return std::move(renewed).error();
  }
  return (*row)->run(**gateway, document->root);
}

}  // namespace

Result<OperatorAnswer> RunOperatorCommand(Gateway& gateway, std::string_view name, const json::Value& arguments) {
  const auto row = FindRow(name);
  return row ? (*row)->run(gateway, arguments) : Result<OperatorAnswer>(row.error());
}

int RunAsOperator(const Invocation& invocation, std::string_view name, const std::string& arguments) {
  auto answer = RunOperator(invocation, name, arguments);
  return answer ? PrintAnswer(*answer) : CouldNotRun(answer.error());
}

Result<void> WriteAdminFile(const std::string& folder, const std::string& address, const std::string& token) {
  std::string text = R"({"address":)";
  json::WriteString(address, text);
  text += R"(,"token":)";
  json::WriteString(token, text);
  return certs::WriteSecretFile(AdminFile(folder), text + "}\n");
}

void RemoveAdminFile(const std::string& folder) { ::unlink(AdminFile(folder).c_str()); }

}  // namespace throughline::app
