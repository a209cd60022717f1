// The operator's commands: they work on the store of a config, by themselves when no gateway is running, and otherwise
// through the running one, which alone may write. Such calls go to its admin listener with the token that it left in
// its data folder.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "fhir/base/result.h"
#include "fhir/json/value.h"
#include "gateway/app/command.h"

namespace throughline::app {

class Gateway;

struct OperatorAnswer {
  int code = kFine;
  std::string output;  // for stdout
};

struct OperatorRow {
  std::string_view name;  // "quarantine replay"
  Result<OperatorAnswer> (*run)(Gateway& gateway, const json::Value& arguments);
  bool writes = false;  // resources: the index must be as the packages say
};

std::span<const OperatorRow> OperatorCommands();

// Runs a row by its name. kNotFound: there is none.
Result<OperatorAnswer> RunOperatorCommand(Gateway& gateway, std::string_view name, const json::Value& arguments);

// From the command line: `arguments` is a JSON object. Prints the output and gives the exit code.
int RunAsOperator(const Invocation& invocation, std::string_view name, const std::string& arguments);

// Where a running gateway can be told something: its admin address and token, in a file of its data folder (0600).
Result<void> WriteAdminFile(const std::string& folder, const std::string& address, const std::string& token);
void RemoveAdminFile(const std::string& folder);

}  // namespace throughline::app
