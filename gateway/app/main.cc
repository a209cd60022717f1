#include <Poco/Util/Option.h>
#include <Poco/Util/OptionException.h>
#include <Poco/Util/OptionProcessor.h>
#include <Poco/Util/OptionSet.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "fhir/base/shown.h"
#include "gateway/app/command.h"

namespace throughline::app {
namespace {

void PrintTo(std::FILE* to, const std::string& text) { std::fwrite(text.data(), 1, text.size(), to); }

std::string Column(std::string text, std::size_t width) {
  text.resize(std::max(text.size() + 2, width), ' ');
  return text;
}

// `family`: "map" for the commands that begin so; empty: all.
std::string Overview(const std::string& family = {}) {
  std::string out =
      "Throughline: a FHIR R4 gateway for aftercare. Maps local records to FHIR and back, over HTTPS.\n\n"
      "usage: throughline COMMAND [OPTION...] [ARGUMENT...]\n\n";
  for (const CommandRow& command : Commands()) {
    if (!family.empty() && !command.name.starts_with(family + " ")) continue;
    out += "  " + Column(std::string(command.name), 20) + std::string(command.summary) + "\n";
  }
  return out +
         "\n`throughline COMMAND --help` says more. Exit: 0 fine, 1 findings, 2 could not run (said on stderr).\n";
}

std::string HelpOf(const CommandRow& command) {
  std::string out = "usage: throughline " + std::string(command.name);
  if (!command.synopsis.empty()) out += " " + std::string(command.synopsis);
  out += "\n\n" + std::string(command.summary) + "\n";
  if (!command.options.empty()) out += "\n";
  for (const OptionRow& option : command.options) {
    std::string name = "--" + std::string(option.name);
    if (!option.argument.empty()) name += " " + std::string(option.argument);
    out += "  " + Column(std::move(name), 26) + std::string(option.help) + "\n";
  }
  if (!command.details.empty()) out += "\n" + std::string(command.details);
  return out;
}

// The row whose name is `words`' beginning; the longest one wins, so that "map check" is not "map".
const CommandRow* FindCommand(const std::vector<std::string>& words, std::size_t& used) {
  const CommandRow* found = nullptr;
  for (const CommandRow& command : Commands()) {
    const std::string name(command.name);
    const bool two = name.find(' ') != std::string::npos;
    const std::string asked = two ? (words.size() > 1 ? words[0] + " " + words[1] : "") : words[0];
    if (asked == name && (found == nullptr || two)) {
      found = &command;
      used = two ? 2 : 1;
    }
  }
  return found;
}

Poco::Util::OptionSet OptionsOf(const CommandRow& command) {
  Poco::Util::OptionSet set;
  set.addOption(Poco::Util::Option("help", ""));
  for (const OptionRow& row : command.options) {
    Poco::Util::Option option(std::string(row.name), "");
    option.repeatable(true);
    if (!row.argument.empty()) option.argument(std::string(row.argument));
    set.addOption(option);
  }
  return set;
}

Invocation ParseWords(const CommandRow& command, std::vector<std::string>::const_iterator word,
                      std::vector<std::string>::const_iterator end) {
  const Poco::Util::OptionSet set = OptionsOf(command);
  Poco::Util::OptionProcessor processor(set);
  Invocation invocation;
  std::string name;
  std::string value;
  for (bool options = true; word != end; ++word) {
    if (options && *word == "--") {
      options = false;
    } else if (options && *word != "-" && processor.process(*word, name, value)) {
      if (!name.empty()) invocation.options[name].push_back(value);
    } else {
      invocation.arguments.push_back(*word);
    }
  }
  processor.checkRequired();
  return invocation;
}

// What was printed may only now be found to have nowhere to go: for every command this is said here.
int Flushed(int exit) {
  const bool flushed = std::fflush(stdout) == 0;
  if (flushed && std::ferror(stdout) == 0) return exit;
  CouldNotRun(MakeError(ErrorKind::kUnavailable, "output", "standard output cannot be written"));
  return std::max(exit, kCouldNotRun);
}

int RunWords(const std::vector<std::string>& words) {
  if (words.empty() || words[0] == "help" || words[0] == "--help" || words[0] == "-h") {
    PrintTo(words.empty() ? stderr : stdout, Overview());
    return words.empty() ? kCouldNotRun : kFine;
  }
  std::size_t used = 0;
  const CommandRow* command = FindCommand(words, used);
  if (command == nullptr) {
    const bool family =
        std::ranges::any_of(Commands(), [&](const CommandRow& row) { return row.name.starts_with(words[0] + " "); });
    const std::string overview = Overview(family ? words[0] : "");
    if (family && words.size() > 1 && (words[1] == "--help" || words[1] == "-h")) {
      PrintTo(stdout, overview);
      return kFine;
    }
    PrintTo(stderr, "throughline: no such command; these there are:\n\n" + overview);
    return kCouldNotRun;
  }
  const auto rest = words.begin() + static_cast<std::ptrdiff_t>(used);
  if (std::find(rest, words.end(), "--help") != words.end()) {
    PrintTo(stdout, HelpOf(*command));
    return kFine;
  }
  try {
    return command->run(ParseWords(*command, rest, words.end()));
  } catch (const Poco::Util::OptionException& wrong) {
    PrintTo(stderr, "throughline " + std::string(command->name) + ": " + ShownLine(wrong.displayText()) + "\n\n" +
                        HelpOf(*command));
    return kCouldNotRun;
  }
}

}  // namespace
}  // namespace throughline::app

int main(int argc, char** argv) {
  try {
    return throughline::app::Flushed(throughline::app::RunWords({argv + 1, argv + argc}));
  } catch (const std::exception& thrown) {
    throughline::app::Say("throughline: stopped by " + std::string(thrown.what()));
    return throughline::app::kCouldNotRun;
  }
}
