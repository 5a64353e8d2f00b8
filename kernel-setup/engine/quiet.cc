// Compiled into the addon beside tfjs-node's own two files.
//
// TensorFlow greets on stderr when it starts. Its libraries log through Abseil, which reads no environment variable, so
// TF_CPP_MIN_LOG_LEVEL has no effect on them: obey it here. 0 shows all, 1 warnings, 2 errors (the default), 3 what is fatal.
#include <cstdlib>

#include "absl/base/log_severity.h"
#include "absl/log/globals.h"

namespace {

bool obey() {
  const char* text = std::getenv("TF_CPP_MIN_LOG_LEVEL");
  const int level = text != nullptr && *text != '\0' ? std::atoi(text) : 2;
  absl::SetMinLogLevel(static_cast<absl::LogSeverityAtLeast>(level));
  absl::SetStderrThreshold(static_cast<absl::LogSeverityAtLeast>(level));
  return true;
}

// Runs when the addon is loaded: marked by initfirst.mjs, before the libraries' own initialisers, one of which greets.
// Abseil's levels are constant-initialised, so they may be set that early.
const bool obeyed = obey();

}  // namespace
