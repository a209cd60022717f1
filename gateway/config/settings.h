// The table of settings, with where each one is kept. Private to this room.
#pragma once

#include <span>
#include <variant>

#include "gateway/config/config.h"

namespace throughline::config {

using Texts = std::vector<std::string>;

// Where the value goes: the type says how it is read.
using Field =
    std::variant<Address Config::*, std::string Config::*, Texts Config::*, std::string Tls::*, std::string Client::*,
                 Texts Client::*, std::size_t Limits::*, std::chrono::milliseconds Limits::*>;

struct SettingRow {
  OptionRow option;
  Field field;
};

std::span<const SettingRow> Settings();

}  // namespace throughline::config
