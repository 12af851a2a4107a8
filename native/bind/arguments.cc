// See arguments.h.
#include "bind/arguments.h"

#include <cmath>

namespace binding {

Arguments::Arguments(napi_env env, napi_callback_info info) : env_(env) {
  napi_get_cb_info(env, info, &count_, values_, nullptr, &data_);
}

bool Arguments::fail(size_t index, const char* expected) const {
  const std::string message = "argument " + std::to_string(index) + " must be " + expected;
  napi_throw_type_error(env_, nullptr, message.c_str());
  return false;
}

bool Arguments::readUint32(size_t index, uint32_t* value) const {
  int64_t wide = 0;
  if (!readInt64(index, &wide)) return false;
  if (wide < 0 || wide > UINT32_MAX) return fail(index, "an unsigned 32-bit number");
  *value = static_cast<uint32_t>(wide);
  return true;
}

bool Arguments::readInt64(size_t index, int64_t* value) const {
  double number = 0;
  if (napi_get_value_double(env_, values_[index], &number) != napi_ok) {
    return fail(index, "a number");
  }
  if (!(std::fabs(number) <= 9007199254740992.0)) return fail(index, "a safe integer");
  *value = static_cast<int64_t>(number);
  return true;
}

bool Arguments::readBool(size_t index, bool* value) const {
  if (napi_get_value_bool(env_, values_[index], value) != napi_ok) return fail(index, "a boolean");
  return true;
}

bool Arguments::readString(size_t index, std::string* value) const {
  size_t length = 0;
  if (napi_get_value_string_utf8(env_, values_[index], nullptr, 0, &length) != napi_ok) {
    return fail(index, "a string");
  }
  value->resize(length);
  napi_get_value_string_utf8(env_, values_[index], &(*value)[0], length + 1, &length);
  return true;
}

bool Arguments::readBytes(size_t index, Bytes* value) const {
  napi_typedarray_type type;
  void* data = nullptr;
  if (napi_get_typedarray_info(env_, values_[index], &type, &value->length, &data, nullptr,
                               nullptr) != napi_ok ||
      (type != napi_uint8_array && type != napi_uint8_clamped_array)) {
    return fail(index, "a Uint8Array");
  }
  value->data = static_cast<uint8_t*>(data);
  return true;
}

bool Arguments::readRange(size_t index, Bytes* value) const {
  Bytes whole;
  int64_t offset = 0;
  int64_t length = 0;
  if (!readBytes(index, &whole) || !readInt64(index + 1, &offset) ||
      !readInt64(index + 2, &length)) {
    return false;
  }
  const int64_t total = static_cast<int64_t>(whole.length);
  if (offset < 0 || length < 0 || offset > total || length > total - offset) {
    return fail(index + 1, "an offset and a length inside the bytes");
  }
  value->data = whole.data + offset;
  value->length = static_cast<size_t>(length);
  return true;
}

bool Arguments::readFunction(size_t index, napi_value* value) const {
  napi_valuetype type = napi_undefined;
  napi_typeof(env_, values_[index], &type);
  if (type != napi_function) return fail(index, "a function");
  *value = values_[index];
  return true;
}

void addFunction(napi_env env, napi_value object, const char* name, napi_callback callback,
                 void* data) {
  napi_value function;
  if (napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, data, &function) == napi_ok) {
    napi_set_named_property(env, object, name, function);
  }
}

void addNumber(napi_env env, napi_value object, const char* name, double value) {
  napi_set_named_property(env, object, name, makeNumber(env, value));
}

void addString(napi_env env, napi_value object, const char* name, const std::string& value) {
  napi_value text;
  if (napi_create_string_utf8(env, value.data(), value.size(), &text) == napi_ok) {
    napi_set_named_property(env, object, name, text);
  }
}

void addValue(napi_env env, napi_value object, const char* name, napi_value value) {
  napi_set_named_property(env, object, name, value);
}

napi_value makeNumber(napi_env env, double value) {
  napi_value number = nullptr;
  napi_create_double(env, value, &number);
  return number;
}

}  // namespace binding
