// TensorFlow tells about its own build on standard error while it loads, whatever it is asked. This addon takes standard
// error away for that moment: silence(), load, speak().
#include <fcntl.h>
#include <node_api.h>
#include <unistd.h>

static int saved = -1;

static napi_value silence(napi_env, napi_callback_info) {
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (saved >= 0 || nowhere < 0) return nullptr;
  saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
  if (saved >= 0) dup2(nowhere, STDERR_FILENO);
  close(nowhere);
  return nullptr;
}

static napi_value speak(napi_env, napi_callback_info) {
  if (saved < 0) return nullptr;
  dup2(saved, STDERR_FILENO);
  close(saved);
  saved = -1;
  return nullptr;
}

NAPI_MODULE_INIT() {
  const napi_property_descriptor functions[] = {
      {"silence", nullptr, silence, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"speak", nullptr, speak, nullptr, nullptr, nullptr, napi_default, nullptr},
  };
  napi_define_properties(env, exports, 2, functions);
  return exports;
}
