#include "fhir/path/parser.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "fhir/base/decimal.h"
#include "fhir/path/functions.h"
#include "fhir/path/lexer.h"
#include "fhir/path/literals.h"
#include "fhir/path/moment.h"
#include "fhir/path/operators.h"

namespace throughline::path {
namespace {

// A left-deep chain is walked with one call a part.
constexpr std::size_t kMaxHeight = 600;

struct DollarRow {
  std::string_view name;
  Place place;
};
constexpr std::array<DollarRow, 3> kDollars = {
    {{"this", Place::kThis}, {"index", Place::kIndex}, {"total", Place::kTotal}}};

// No element of FHIR does: such a name on its own is a type.
bool StartsWithCapital(std::string_view name) { return !name.empty() && name.front() >= 'A' && name.front() <= 'Z'; }

class Parser {
 public:
  Parser(Program& program, const CompileOptions& options)
      : program_(program), options_(options), lexer_(program.text) {}

  Result<void> Run() {
    token_ = lexer_.Next();
    const NodeId root = Expression(0);
    if (root == kNoNode) return std::move(*error_);
    if (token_.kind != TokenKind::kEnd) {
      Fail("an operator or the end is expected here");
      return std::move(*error_);
    }
    program_.root = root;
    return {};
  }

 private:
  NodeId Expression(int precedence);
  NodeId Prefix();
  NodeId Infix(NodeId left, int precedence, bool& done);
  NodeId MemberOrCall(NodeId on);
  NodeId Index(NodeId on);
  NodeId Type(NodeId left);
  NodeId CallOf(NodeId on, std::string_view name, std::size_t offset);
  NodeId Signed();
  NodeId Parenthesis();
  NodeId EmptySet();
  NodeId Number();
  NodeId Text();
  NodeId Moment(ItemKind kind);
  NodeId DollarName();
  NodeId PercentName();
  bool CallArguments(Call& call, std::vector<NodeId>& arguments);
  NodeId SortKey(NodeId key);
  bool ReadTypeSpecifier(TypeSpecifier& out);
  bool Name(std::string_view& out);
  bool Unquoted(const Token& token, std::string_view& out);

  template <typename Part>
  NodeId Make(std::size_t offset, Part part, std::initializer_list<NodeId> children = {});

  bool Is(std::string_view symbol) const { return token_.kind == TokenKind::kSymbol && token_.text == symbol; }
  bool Expect(std::string_view symbol, std::string_view reason);
  void Advance() { token_ = lexer_.Next(); }
  NodeId Fail(std::string_view reason) { return FailAt(token_.offset, reason, "fhirpath-syntax"); }
  NodeId FailAt(std::size_t offset, std::string_view reason, std::string_view rule,
                ErrorKind kind = ErrorKind::kInvalid);

  Program& program_;
  const CompileOptions& options_;
  Lexer lexer_;
  Token token_;
  std::size_t depth_ = 0;
  std::optional<Error> error_;
};

NodeId Parser::FailAt(std::size_t offset, std::string_view reason, std::string_view rule, ErrorKind kind) {
  if (error_) return kNoNode;
  if (token_.kind == TokenKind::kError && rule == "fhirpath-syntax") {
    offset = token_.offset;
    reason = token_.text;
  }
  error_ = PathError(kind, rule, offset, reason);
  return kNoNode;
}

bool Parser::Expect(std::string_view symbol, std::string_view reason) {
  if (!Is(symbol)) {
    Fail(reason);
    return false;
  }
  Advance();
  return true;
}

template <typename Part>
NodeId Parser::Make(std::size_t offset, Part part, std::initializer_list<NodeId> children) {
  std::uint32_t height = 1;
  for (const NodeId child : children) {
    if (child != kNoNode) height = std::max(height, program_.nodes[child].height + 1);
  }
  if (height > kMaxHeight) {
    return FailAt(offset, "the expression has too many parts in a row", "fhirpath-depth", ErrorKind::kTooCostly);
  }
  program_.nodes.push_back(Node{static_cast<std::uint32_t>(offset), height, std::move(part)});
  return static_cast<NodeId>(program_.nodes.size() - 1);
}

NodeId Parser::Expression(int precedence) {
  if (++depth_ > options_.max_depth) {
    return FailAt(token_.offset, "the expression is nested too deeply", "fhirpath-depth", ErrorKind::kTooCostly);
  }
  NodeId left = Prefix();
  for (bool done = false; left != kNoNode && !done;) left = Infix(left, precedence, done);
  --depth_;
  return left;
}

// One step of the heart of the parser: the operator at hand, if it binds closer than `precedence`, takes `left`.
NodeId Parser::Infix(NodeId left, int precedence, bool& done) {
  if (Is(".") || Is("[")) {
    if (precedence >= kInvocationPrecedence) {
      done = true;
      return left;
    }
    if (Is("[")) return Index(left);
    Advance();
    return MemberOrCall(left);
  }
  const bool word = token_.kind == TokenKind::kIdentifier;
  if (word && (token_.text == "is" || token_.text == "as")) {
    done = precedence >= kTypePrecedence;
    return done ? left : Type(left);
  }
  const OperatorRow* row = word || token_.kind == TokenKind::kSymbol ? FindOperator(token_.text) : nullptr;
  if (row == nullptr || precedence >= row->precedence) {
    done = true;
    return left;
  }
  const std::size_t offset = token_.offset;
  Advance();
  const NodeId right = Expression(row->precedence);
  return right == kNoNode ? kNoNode : Make(offset, Binary{row, left, right}, {left, right});
}

NodeId Parser::Prefix() {
  switch (token_.kind) {
    case TokenKind::kIdentifier:
      if (token_.text == "true" || token_.text == "false") {
        const Literal literal{Item::Boolean(token_.text == "true")};
        const std::size_t offset = token_.offset;
        Advance();
        return Make(offset, literal);
      }
      return MemberOrCall(kNoNode);
    case TokenKind::kDelimitedIdentifier:
      return MemberOrCall(kNoNode);
    case TokenKind::kString:
      return Text();
    case TokenKind::kNumber:
    case TokenKind::kLong:
      return Number();
    case TokenKind::kDate:
      return Moment(ItemKind::kDate);
    case TokenKind::kDateTime:
      return Moment(ItemKind::kDateTime);
    case TokenKind::kTime:
      return Moment(ItemKind::kTime);
    case TokenKind::kVariable:
      return PercentName();
    case TokenKind::kDollar:
      return DollarName();
    case TokenKind::kSymbol:
      if (Is("(")) return Parenthesis();
      if (Is("{")) return EmptySet();
      if (Is("+") || Is("-")) return Signed();
      break;
    case TokenKind::kEnd:
    case TokenKind::kError:
      break;
  }
  return Fail(token_.kind == TokenKind::kEnd ? "the expression ends too early" : "a value or a name is expected here");
}

NodeId Parser::Parenthesis() {
  Advance();
  const NodeId inner = Expression(0);
  if (inner == kNoNode || !Expect(")", "a closing parenthesis is expected here")) return kNoNode;
  return inner;
}

NodeId Parser::EmptySet() {
  const std::size_t offset = token_.offset;
  Advance();
  if (!Expect("}", "a closing brace is expected here")) return kNoNode;
  return Make(offset, Literal{{}, true});
}

NodeId Parser::Signed() {
  const std::size_t offset = token_.offset;
  const bool minus = Is("-");
  Advance();
  const NodeId operand = Expression(kSignPrecedence);
  return operand == kNoNode ? kNoNode : Make(offset, Sign{minus, operand}, {operand});
}

NodeId Parser::DollarName() {
  for (const DollarRow& row : kDollars) {
    if (row.name != token_.text) continue;
    const std::size_t offset = token_.offset;
    Advance();
    return Make(offset, Dollar{row.place});
  }
  return Fail("after $ one of this, index and total is expected");
}

NodeId Parser::PercentName() {
  const std::size_t offset = token_.offset;
  Percent part;
  if (!Unquoted(token_, part.name)) return kNoNode;
  Advance();
  return Make(offset, part);
}

bool Parser::Unquoted(const Token& token, std::string_view& out) {
  out = token.text;
  if (token.text.find('\\') == std::string_view::npos) return true;
  std::string text;
  std::size_t bad = 0;
  if (!Unescape(token.text, text, bad)) {
    const auto place = static_cast<std::size_t>(token.text.data() - program_.text.data());
    FailAt(place + bad, "there is no such escape", "fhirpath-syntax");
    return false;
  }
  out = program_.arena.Copy(text);
  return true;
}

NodeId Parser::Text() {
  const std::size_t offset = token_.offset;
  std::string_view text;
  if (!Unquoted(token_, text)) return kNoNode;
  Advance();
  return Make(offset, Literal{Item::String(text)});
}

NodeId Parser::Number() {
  Token number = token_;
  while (number.text.size() > 1 && number.text[0] == '0' && number.text[1] != '.') number.text.remove_prefix(1);
  Advance();
  if (!Decimal::Parse(number.text)) return FailAt(number.offset, "this number is not readable", "fhirpath-syntax");
  if (token_.kind == TokenKind::kString) {
    std::string_view unit;
    if (!Unquoted(token_, unit)) return kNoNode;
    Advance();
    return Make(number.offset, Literal{Item::Quantity(number.text, unit)});
  }
  if (token_.kind == TokenKind::kIdentifier && IsCalendarUnit(token_.text)) {
    const std::string_view unit = token_.text;
    Advance();
    return Make(number.offset, Literal{Item::Quantity(number.text, unit, true)});
  }
  if (number.text.find('.') != std::string_view::npos) return Make(number.offset, Literal{Item::Decimal(number.text)});
  const std::optional<Item> whole = WholeLiteral(number);
  if (!whole) return FailAt(number.offset, "this integer is too large", "fhirpath-semantic");
  return Make(number.offset, Literal{*whole});
}

NodeId Parser::Moment(ItemKind kind) {
  const Token moment = token_;
  Advance();
  const std::optional<Item> item = MomentLiteral(kind, moment.text);
  if (!item) return FailAt(moment.offset, "there is no such date or time", "fhirpath-syntax");
  return Make(moment.offset, Literal{*item});
}

bool Parser::Name(std::string_view& out) {
  if (token_.kind == TokenKind::kDelimitedIdentifier) {
    if (!Unquoted(token_, out)) return false;
  } else if (token_.kind == TokenKind::kIdentifier) {
    out = token_.text;
  } else {
    Fail("a name is expected here");
    return false;
  }
  Advance();
  return true;
}

NodeId Parser::Index(NodeId on) {
  const std::size_t offset = token_.offset;
  Advance();
  const NodeId at = Expression(0);
  if (at == kNoNode || !Expect("]", "a closing bracket is expected here")) return kNoNode;
  return Make(offset, Indexed{on, at}, {on, at});
}

// A member, a call, or one of $this, $index and $total.
NodeId Parser::MemberOrCall(NodeId on) {
  if (token_.kind == TokenKind::kDollar) return DollarName();
  const std::size_t offset = token_.offset;
  std::string_view name;
  if (!Name(name)) return kNoNode;
  if (Is("(")) return CallOf(on, name, offset);
  Member member{on, name};
  if (on == kNoNode && program_.model == Model::kR4 && StartsWithCapital(name)) {
    member.type = program_.definitions->FindType(name);
  }
  return Make(offset, member, {on});
}

NodeId Parser::Type(NodeId left) {
  const std::size_t offset = token_.offset;
  TypeTest test{token_.text == "as", left, {}};
  Advance();
  if (!ReadTypeSpecifier(test.type)) return kNoNode;
  return Make(offset, test, {left});
}

bool Parser::ReadTypeSpecifier(TypeSpecifier& out) {
  const std::size_t offset = token_.offset;
  std::string_view space;
  std::string_view name;
  if (!Name(name)) return false;
  if (Is(".")) {
    Advance();
    space = name;
    if (!Name(name)) return false;
  }
  if (FindTypeName(program_, space, name, out)) return true;
  FailAt(offset, "there is no such type", "fhirpath-semantic");
  return false;
}

NodeId Parser::CallOf(NodeId on, std::string_view name, std::size_t offset) {
  Call call;
  call.on = on;
  call.row = FindFunction(name);
  if (call.row == nullptr) return FailAt(offset, "there is no such function", "fhirpath-semantic");
  Advance();
  std::vector<NodeId> arguments;
  if (!CallArguments(call, arguments) || !Expect(")", "a closing parenthesis is expected here")) return kNoNode;
  if (call.argument_count < call.row->min_arguments ||
      (call.row->max_arguments != kMany && call.argument_count > call.row->max_arguments)) {
    return FailAt(offset, "the function takes another number of arguments", "fhirpath-semantic");
  }
  std::string_view reason;
  if (call.row->arguments == Arguments::kPattern && !PreparePattern(program_, arguments, call, reason)) {
    return FailAt(program_.nodes[arguments.front()].offset, reason, "fhirpath-semantic");
  }
  call.first_argument = static_cast<std::uint32_t>(program_.arguments.size());
  program_.arguments.insert(program_.arguments.end(), arguments.begin(), arguments.end());
  NodeId highest = on;
  for (const NodeId argument : arguments) {
    if (highest == kNoNode || program_.nodes[argument].height > program_.nodes[highest].height) highest = argument;
  }
  return Make(offset, call, {highest});
}

bool Parser::CallArguments(Call& call, std::vector<NodeId>& arguments) {
  if (Is(")")) return true;
  if (call.row->arguments == Arguments::kType) {
    call.argument_count = 1;
    return ReadTypeSpecifier(call.type);
  }
  do {
    if (!arguments.empty()) Advance();
    NodeId argument = Expression(0);
    if (argument != kNoNode && call.row->arguments == Arguments::kSort) argument = SortKey(argument);
    if (argument == kNoNode) return false;
    arguments.push_back(argument);
  } while (Is(","));
  call.argument_count = static_cast<std::uint32_t>(arguments.size());
  return true;
}

// `asc` or `desc` behind a key of sort(): the latter is a minus sign.
NodeId Parser::SortKey(NodeId key) {
  if (token_.kind != TokenKind::kIdentifier || (token_.text != "asc" && token_.text != "desc")) return key;
  const std::size_t offset = token_.offset;
  const bool descending = token_.text == "desc";
  Advance();
  return descending ? Make(offset, Sign{true, key}, {key}) : key;
}

}  // namespace

Result<void> Parse(Program& program, const CompileOptions& options) {
  if (program.text.size() > options.max_length) {
    return PathError(ErrorKind::kTooLong, "fhirpath-length", options.max_length, "the expression is too long");
  }
  return Parser(program, options).Run();
}

}  // namespace throughline::path
