// Reading the arguments of a call from JavaScript, and making its results. A reader that meets
// another type than it asks for throws a TypeError and answers false; the caller then returns null.
#ifndef REDIS_BIND_ARGUMENTS_H_
#define REDIS_BIND_ARGUMENTS_H_

#include <node_api.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace binding {

constexpr size_t kMostArguments = 8;

/** Bytes of a Uint8Array, over an ArrayBuffer or a SharedArrayBuffer. */
struct Bytes {
  uint8_t* data = nullptr;
  size_t length = 0;
};

class Arguments {
 public:
  Arguments(napi_env env, napi_callback_info info);

  napi_env env() const { return env_; }
  /** The pointer given to `addFunction`. */
  void* data() const { return data_; }
  napi_value at(size_t index) const { return values_[index]; }

  /** Numbers outside the range of the type throw a RangeError. */
  bool readUint32(size_t index, uint32_t* value) const;
  bool readInt64(size_t index, int64_t* value) const;
  bool readBool(size_t index, bool* value) const;
  bool readString(size_t index, std::string* value) const;
  bool readBytes(size_t index, Bytes* value) const;
  /** [offset, offset + length) of the bytes at `index`, from the two arguments after it. */
  bool readRange(size_t index, Bytes* value) const;
  bool readFunction(size_t index, napi_value* value) const;

 private:
  bool fail(size_t index, const char* expected) const;

  napi_env env_;
  size_t count_ = kMostArguments;
  napi_value values_[kMostArguments] = {};
  void* data_ = nullptr;
};

void addFunction(napi_env env, napi_value object, const char* name, napi_callback callback,
                 void* data);
void addNumber(napi_env env, napi_value object, const char* name, double value);
void addString(napi_env env, napi_value object, const char* name, const std::string& value);
void addValue(napi_env env, napi_value object, const char* name, napi_value value);
napi_value makeNumber(napi_env env, double value);

}  // namespace binding

#endif  // REDIS_BIND_ARGUMENTS_H_
