// Compiled into the addon in place of tfjs-node's tfjs_binding.cc, which it includes. It adds two things.
//
// 1. addFunction(name, graph, inputs, outputs) and removeFunction(name): a graph becomes a function of the eager
//    context, which executeOp then runs by its name like any operation, under XLA with the attribute _XlaMustCompile.
//    Functions in the graph (bodies of loops) are added under their own names.
//    A call costs about 0.2 ms less than a SavedModel's session, the only way that tfjs-node itself has.
//
// 2. Signals wait while an operation runs. oneDNN's generated matrix product for AVX-512 keeps data below the stack
//    pointer, where a signal's frame overwrites it: the heap is corrupted. Node runs its handlers (Ctrl-C, a child's end,
//    the profiler) on the main thread, which is also the one that computes. TensorFlow's threads inherit the mask.
#include <node_api.h>

#undef NAPI_MODULE
#define NAPI_MODULE(name, init)
#include "tfjs_binding.cc"

#include <signal.h>

#include <vector>

#include "tensorflow/c/c_api.h"
#include "tensorflow/c/eager/c_api.h"

namespace tfnodejs {
namespace {

// The context is a private member of the backend. An explicit instantiation may name it.
TFE_Context *ContextOf(TFJSBackend &backend);
template <TFE_Context *TFJSBackend::*Member>
struct Reach {
  friend TFE_Context *ContextOf(TFJSBackend &backend) { return backend.*Member; }
};
template struct Reach<&TFJSBackend::tfe_context_>;

class SignalsWait {
 public:
  SignalsWait() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsWait() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_;
};

template <napi_value (*Callback)(napi_env, napi_callback_info)>
napi_value WithSignalsWaiting(napi_env env, napi_callback_info info) {
  const SignalsWait wait;
  return Callback(env, info);
}

bool Failed(napi_env env, const TF_AutoStatus &status) {
  if (TF_GetCode(status.status) == TF_OK) return false;
  napi_throw_error(env, nullptr, TF_Message(status.status));
  return true;
}

// Tensors by their names, `node` or `node:1`. False, with a JavaScript error, where the graph has no such node.
bool FindOutputs(napi_env env, TF_Graph *graph, napi_value names, std::vector<TF_Output> *found) {
  uint32_t count = 0;
  napi_get_array_length(env, names, &count);
  for (uint32_t i = 0; i < count; i++) {
    napi_value element;
    std::string name;
    napi_get_element(env, names, i, &element);
    if (GetStringParam(env, element, name) != napi_ok) return false;
    const size_t colon = name.find(':');
    const int index = colon == std::string::npos ? 0 : atoi(name.c_str() + colon + 1);
    TF_Operation *operation = TF_GraphOperationByName(graph, name.substr(0, colon).c_str());
    if (operation == nullptr) {
      napi_throw_error(env, nullptr, ("the graph has no node " + name).c_str());
      return false;
    }
    found->push_back({operation, index});
  }
  return true;
}

struct GraphOwner {
  TF_Graph *graph = TF_NewGraph();
  TF_ImportGraphDefOptions *options = TF_NewImportGraphDefOptions();
  TF_Buffer *definition = nullptr;
  TF_Function *function = nullptr;
  ~GraphOwner() {
    TF_DeleteImportGraphDefOptions(options);
    TF_DeleteGraph(graph);
    if (definition != nullptr) TF_DeleteBuffer(definition);
    if (function != nullptr) TF_DeleteFunction(function);
  }
};

// name: string, graph: Uint8Array (a GraphDef), inputs and outputs: string[]
napi_value AddFunction(napi_env env, napi_callback_info info) {
  size_t argc = 4;
  napi_value args[4];
  ENSURE_NAPI_OK_RETVAL(env, napi_get_cb_info(env, info, &argc, args, nullptr, nullptr), nullptr);
  std::string name;
  if (argc < 4 || GetStringParam(env, args[0], name) != napi_ok) return nullptr;
  void *data;
  size_t length;
  ENSURE_NAPI_OK_RETVAL(env, napi_get_typedarray_info(env, args[1], nullptr, &length, &data, nullptr, nullptr), nullptr);

  GraphOwner own;
  TF_AutoStatus status;
  own.definition = TF_NewBufferFromString(data, length);
  TF_GraphImportGraphDef(own.graph, own.definition, own.options, status.status);
  if (Failed(env, status)) return nullptr;
  std::vector<TF_Output> inputs, outputs;
  if (!FindOutputs(env, own.graph, args[2], &inputs) || !FindOutputs(env, own.graph, args[3], &outputs)) return nullptr;
  own.function = TF_GraphToFunction(own.graph, name.c_str(), 0, -1, nullptr, inputs.size(), inputs.data(), outputs.size(),
                                    outputs.data(), nullptr, nullptr, nullptr, status.status);
  if (Failed(env, status)) return nullptr;
  TFE_Context *context = ContextOf(*GetTFJSBackend(env));
  std::vector<TF_Function *> inner(TF_GraphNumFunctions(own.graph), nullptr);
  TF_GraphGetFunctions(own.graph, inner.data(), inner.size(), status.status);
  if (Failed(env, status)) return nullptr;
  inner.push_back(own.function);
  own.function = nullptr;
  bool failed = false;
  for (TF_Function *each : inner) {
    if (!failed) {
      TFE_ContextAddFunction(context, each, status.status);
      failed = Failed(env, status);
    }
    TF_DeleteFunction(each);
  }
  return nullptr;
}

// name: string
napi_value RemoveFunction(napi_env env, napi_callback_info info) {
  size_t argc = 1;
  napi_value args[1];
  ENSURE_NAPI_OK_RETVAL(env, napi_get_cb_info(env, info, &argc, args, nullptr, nullptr), nullptr);
  std::string name;
  if (argc < 1 || GetStringParam(env, args[0], name) != napi_ok) return nullptr;
  TF_AutoStatus status;
  TFE_ContextRemoveFunction(ContextOf(*GetTFJSBackend(env)), name.c_str(), status.status);
  Failed(env, status);
  return nullptr;
}

napi_value Initialise(napi_env env, napi_value exports) {
  const SignalsWait wait;  // TensorFlow starts its threads here
  const auto method = [](const char *name, napi_callback callback) {
    return napi_property_descriptor{name, nullptr, callback, nullptr, nullptr, nullptr, napi_default_jsproperty, nullptr};
  };
  const napi_property_descriptor ours[] = {
      method("executeOp", WithSignalsWaiting<ExecuteOp>),
      method("runSavedModel", WithSignalsWaiting<RunSavedModel>),
      method("addFunction", WithSignalsWaiting<AddFunction>),
      method("removeFunction", WithSignalsWaiting<RemoveFunction>),
  };
  ENSURE_NAPI_OK_RETVAL(env, napi_define_properties(env, exports, ARRAY_SIZE(ours), ours), exports);

  // tfjs-node's own properties cannot be redefined: they go to another object, and from there what is not ours.
  napi_value theirs, names;
  uint32_t count = 0;
  ENSURE_NAPI_OK_RETVAL(env, napi_create_object(env, &theirs), exports);
  theirs = InitTFNodeJSBinding(env, theirs);
  const auto all = napi_key_all_properties;
  ENSURE_NAPI_OK_RETVAL(
      env, napi_get_all_property_names(env, theirs, napi_key_own_only, all, napi_key_numbers_to_strings, &names), exports);
  ENSURE_NAPI_OK_RETVAL(env, napi_get_array_length(env, names, &count), exports);
  for (uint32_t i = 0; i < count; i++) {
    napi_value name, value;
    bool have = true;
    ENSURE_NAPI_OK_RETVAL(env, napi_get_element(env, names, i, &name), exports);
    ENSURE_NAPI_OK_RETVAL(env, napi_has_own_property(env, exports, name, &have), exports);
    if (have) continue;
    ENSURE_NAPI_OK_RETVAL(env, napi_get_property(env, theirs, name, &value), exports);
    ENSURE_NAPI_OK_RETVAL(env, napi_set_property(env, exports, name, value), exports);
  }
  return exports;
}

}  // namespace
}  // namespace tfnodejs

NAPI_MODULE_INIT() { return tfnodejs::Initialise(env, exports); }
