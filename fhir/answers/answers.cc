#include "fhir/answers/answers.h"

#include <algorithm>
#include <utility>

#include "fhir/answers/error.h"
#include "fhir/answers/written.h"
#include "fhir/base/date_time.h"
#include "fhir/json/parse.h"
#include "fhir/json/write.h"

namespace throughline::answers {
namespace {

using path::Item;

bool Refuse(std::string_view message, std::string& out) { return WriteError("execution", message, 0, out); }

std::string_view TypeOf(const definitions::Definitions& definitions, const Item& item) {
  return item.is_node() && item.type() != definitions::kNoType ? definitions.type(item.type()).name : "";
}

// The last expression that was compiled: questions often come many about one.
class LastExpression {
 public:
  const Result<path::Expression>& Compile(std::string_view text, const definitions::Definitions& definitions,
                                          path::Model model, std::string_view type) {
    if (!expression_ || text_ != text || model_ != model || type_ != type) {
      text_ = text;
      type_ = type;
      model_ = model;
      expression_.emplace(path::Compile(text_, definitions, {.context_type = type_, .model = model}));
    }
    return *expression_;
  }

 private:
  std::string text_;
  std::string type_;
  path::Model model_ = path::Model::kR4;
  std::optional<Result<path::Expression>> expression_;
};

}  // namespace

struct Answerer::Kept {
  explicit Kept(World given) : world(std::move(given)) {}

  World world;
  LastExpression expression;
  LastExpression context;
  std::string file;
  json::Document document;  // of `file`
  json::Arena line;
  path::Environment environment;
  std::vector<path::TraceLine> trace;

  bool SetNow(const Question& question);
  void SetVariables(const Question& question);
  void AddItems(const Question& question, const json::Value& value, path::Collection& out) const;
  bool Focus(const Question& question, path::Collection& focus, std::string& out);
  bool Evaluate(const Question& question, const path::Collection& focus, path::Collection& result, std::string& out);
  bool ReadFileOf(std::string_view path, json::Value& resource, std::string& out);
};

bool Answerer::Kept::SetNow(const Question& question) {
  environment.now = world.now;
  environment.zone = {};
  if (!question.now) return true;
  const std::optional<DateTime> now = DateTime::ParsePartial(*question.now);
  if (!now) return false;
  environment.now = now->Interval().start;
  environment.zone = now->offset().value_or(std::chrono::minutes{0});
  return true;
}

void Answerer::Kept::AddItems(const Question& question, const json::Value& value, path::Collection& out) const {
  if (!value.is_array()) {
    if (!value.is_null()) out.Add(ItemOf(world.definitions, question.model, value));
    return;
  }
  for (const json::Value& item : value.items()) {
    if (!item.is_null()) out.Add(ItemOf(world.definitions, question.model, item));
  }
}

void Answerer::Kept::SetVariables(const Question& question) {
  environment.variables.clear();
  for (const json::Member& member : question.variables.members()) {
    std::string_view name = member.name;
    if (name.starts_with('%')) name.remove_prefix(1);
    environment.variables.push_back({std::string(name), {}});
    AddItems(question, member.value, environment.variables.back().value);
  }
}

// The resource itself, or what the context makes of it.
bool Answerer::Kept::Focus(const Question& question, path::Collection& focus, std::string& out) {
  AddItems(question, question.resource, focus);
  if (question.context.empty()) {
    if (focus.empty() && question.resource.is_null()) focus.Add(Item());
    return true;
  }
  const Item whole = focus.empty() ? Item() : focus[0];
  const Result<path::Expression>& compiled =
      context.Compile(question.context, world.definitions, question.model, TypeOf(world.definitions, whole));
  if (!compiled) return WriteError(compiled.error(), "context: ", out);
  Result<path::Collection> items = path::Evaluate(*compiled, whole, environment);
  if (!items) return WriteError(items.error(), "context: ", out);
  environment.resource = whole;
  focus = *std::move(items);
  return true;
}

bool Answerer::Kept::Evaluate(const Question& question, const path::Collection& focus, path::Collection& result,
                              std::string& out) {
  for (std::size_t i = 0; i < std::max<std::size_t>(focus.size(), 1); ++i) {
    const Item item = focus.empty() ? Item() : focus[i];
    const Result<path::Expression>& compiled =
        expression.Compile(question.expression, world.definitions, question.model, TypeOf(world.definitions, item));
    if (!compiled) return WriteError(compiled.error(), "", out);
    if (focus.empty()) return true;
    const Result<path::Collection> items = path::Evaluate(*compiled, item, environment);
    if (!items) return WriteError(items.error(), "", out);
    result.Append(*items);
  }
  return true;
}

bool Answerer::Kept::ReadFileOf(std::string_view path, json::Value& resource, std::string& out) {
  if (file != path || document.root.is_null()) {
    file.clear();
    document = json::Document();
    if (!world.read_file) return Refuse("files are not read here", out);
    const Result<std::string> bytes = world.read_file(std::string(path));
    if (!bytes) return Refuse("the file cannot be read", out);
    Result<json::Document> read = json::ParseDocument(*bytes);
    if (!read) return Refuse("the file is not JSON: " + read.error().message, out);
    document = *std::move(read);
    file = path;
  }
  resource = document.root;
  return true;
}

Answerer::Answerer(World world) : kept_(std::make_unique<Kept>(std::move(world))) {}
Answerer::~Answerer() = default;

bool Answerer::Answer(const Question& question, std::string& out) {
  Kept& kept = *kept_;
  path::Environment& environment = kept.environment;
  environment.arena.Reset();
  environment.resource = environment.root_resource = Item();
  environment.terminology = kept.world.terminology;
  environment.conformance = kept.world.conformance;
  environment.trace = &kept.trace;
  kept.trace.clear();
  if (!kept.SetNow(question)) return Refuse("`now` is not a dateTime", out);
  kept.SetVariables(question);
  path::Collection focus;
  path::Collection result;
  if (!kept.Focus(question, focus, out) || !kept.Evaluate(question, focus, result, out)) return false;
  out += "{\"result\":";
  WriteItems(kept.world.definitions, result, out);
  out += ",\"trace\":[";
  for (const path::TraceLine& line : kept.trace) {
    if (&line != kept.trace.data()) out += ',';
    out += "{\"name\":";
    json::WriteString(line.name, out);
    out += ",\"value\":";
    WriteItems(kept.world.definitions, line.value, out);
    out += '}';
  }
  out += "]}";
  return true;
}

bool Answerer::AnswerLine(std::string_view line, std::string& out) {
  kept_->line.Reset();
  const Result<json::Value> read = json::Parse(line, kept_->line);
  if (!read)
    return WriteError("execution", "the line is not JSON: " + read.error().message, OffsetOf(read.error()), out);
  const json::Value expression = read->Get("expression");
  if (!expression.is_string()) return Refuse("the line has no `expression`", out);
  Question question{.expression = expression.text(), .resource = read->Get("resource")};
  const json::Value* model = read->Find("model");
  if (model != nullptr && !model->is_null() && model->text() != "r4")
    return Refuse("the model is none of r4 and null", out);
  if (model != nullptr && model->is_null()) question.model = path::Model::kNone;
  question.context = read->Get("context").text();
  question.variables = read->Get("variables");
  if (read->Get("now").is_string()) question.now = read->Get("now").text();
  const json::Value file = read->Get("file");
  if (question.resource.is_null() && file.is_string() && !kept_->ReadFileOf(file.text(), question.resource, out)) {
    return false;
  }
  return Answer(question, out);
}

}  // namespace throughline::answers
