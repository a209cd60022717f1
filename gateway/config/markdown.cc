#include <array>
#include <string>
#include <string_view>

#include "gateway/config/config.h"

namespace throughline::config {
namespace {

constexpr std::string_view kHead = R"(# Configuration

`throughline serve --config FILE` reads one YAML file. Unknown keys, keys that stand twice, aliases, anchors and tags are
refused, with file, line and column, all at once. Paths are relative to the folder that the gateway is started in. Secrets
are named by the path of a file.

This page is made from the table of settings in `gateway/config/settings.cc`; a test holds the two together.

```yaml
http:
  listen: 127.0.0.1:8443
  tls:
    certificate: certs/server.crt
    key: certs/server.key
    client_ca: certs/ca.crt
store:
  path: data
maps:
  - sta-aurelia-discharge
clients:
  - id: hospital
    san: dns:hospital.example
    organization: HSA-UA
    role: provider
    scopes: [system/*.cruds, local/sta-aurelia-discharge.cruds]
limits:
  record_bytes: 4MiB
```
)";

struct SectionRow {
  std::string_view prefix;
  std::string_view text;
};

constexpr std::array kSections = {
    SectionRow{"http.",
               "## http\n\nThe listener for FHIR and local records: TLS, with a certificate of every client.\n"},
    SectionRow{"admin.", "## admin\n\nThe listener for metrics and administration.\n"},
    SectionRow{"store.", "## store\n\nWhere everything is kept.\n"},
    SectionRow{"maps", "## maps\n\nA list.\n"},
    SectionRow{"packages", "## packages\n\nA list.\n"},
    SectionRow{"clients[].", "## clients\n\nA list of those who may come, each with these keys.\n"},
    SectionRow{"limits.",
               "## limits\n\nSizes: `512`, `8KiB`, `16MiB`, `1GiB`. Times: `500ms`, `10s`, `10min`, `1h`.\n"},
};

std::string_view NameOf(Kind kind) {
  switch (kind) {
    case Kind::kText:
      return "text";
    case Kind::kPath:
      return "path";
    case Kind::kAddress:
      return "address";
    case Kind::kCount:
      return "count";
    case Kind::kBytes:
      return "size";
    case Kind::kDuration:
      return "time";
    case Kind::kTexts:
      return "list of texts";
  }
  return "";
}

std::string RowText(const OptionRow& row) {
  std::string text = "| `" + std::string(row.name) + "` | " + std::string(NameOf(row.kind)) + " | ";
  if (row.required) text += "required";
  if (!row.default_value.empty()) text += "`" + std::string(row.default_value) + "`";
  text += " | " + std::string(row.help) + (row.secret ? " Never printed." : "") + " |\n";
  return text;
}

}  // namespace

std::string Markdown() {
  std::string out(kHead);
  for (const SectionRow& section : kSections) {
    out += "\n";
    out += section.text;
    out += "\n| setting | kind | default | meaning |\n|---|---|---|---|\n";
    for (const OptionRow& row : Options()) {
      if (row.name.starts_with(section.prefix)) out += RowText(row);
    }
  }
  return out;
}

}  // namespace throughline::config
