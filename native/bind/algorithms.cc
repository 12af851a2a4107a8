// See algorithms.h.
#include "bind/algorithms.h"

#include <cstring>

#include "bind/arguments.h"
#include "bits/bit-operations.h"
#include "crc64/crc64.h"
#include "hash/half-sip-hash.h"
#include "lzf/lzf.h"
#include "memory/mapping.h"
#include "resp/scan-all.h"

namespace binding {

namespace {

/** halfSipHash13(bytes, offset, length, key0, key1) -> uint32 */
napi_value halfSipHash13(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  Bytes bytes;
  hash::HalfSipKey key;
  if (!arguments.readRange(0, &bytes) || !arguments.readUint32(3, &key.word0) ||
      !arguments.readUint32(4, &key.word1)) {
    return nullptr;
  }
  return makeNumber(env, hash::halfSipHash13(bytes.data, bytes.length, key));
}

/** memoryAdvise(bytes, offset, length) -> bytes given back; they read as zero afterwards. */
napi_value memoryAdvise(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  Bytes bytes;
  if (!arguments.readRange(0, &bytes)) return nullptr;
  return makeNumber(env, static_cast<double>(memory::discard(bytes.data, bytes.length)));
}

/** memoryPreferHuge(bytes) -> whether the system was asked to back them with huge pages. */
napi_value memoryPreferHuge(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  Bytes bytes;
  if (!arguments.readBytes(0, &bytes)) return nullptr;
  return makeNumber(env, memory::preferHuge(bytes.data, bytes.length) ? 1 : 0);
}

/** A range that a thread of the pool has memory put behind. */
struct Population {
  Bytes bytes;
  napi_ref array;
  napi_async_work work;
};

void endPopulation(napi_env env, napi_status, void* data) {
  Population* const population = static_cast<Population*>(data);
  napi_delete_async_work(env, population->work);
  napi_delete_reference(env, population->array);
  delete population;
}

/** memoryPopulate(bytes, offset, length): soon, in another thread; the bytes stay as they are. */
napi_value memoryPopulate(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  Bytes bytes;
  if (!arguments.readRange(0, &bytes)) return nullptr;
  Population* const population = new Population{bytes, nullptr, nullptr};
  napi_value name;
  napi_create_string_utf8(env, "redis_populate", NAPI_AUTO_LENGTH, &name);
  napi_create_reference(env, arguments.at(0), 1, &population->array);
  napi_create_async_work(
      env, nullptr, name,
      [](napi_env, void* data) {
        const Bytes& range = static_cast<Population*>(data)->bytes;
        memory::populate(range.data, range.length);
      },
      endPopulation, population, &population->work);
  napi_queue_async_work(env, population->work);
  return nullptr;
}

/**
 * scan(bytes, table, maxBulkBytes, unauthenticated, key0, key1) -> words written to the table. It
 * scans whole requests from the front, as one client's, and ends at the first that is not
 * complete, is an error, or has no room.
 */
napi_value scan(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  Bytes bytes;
  Bytes table;
  int64_t maxBulkBytes = 0;
  resp::Limits limits = {};
  hash::HalfSipKey key;
  if (!arguments.readBytes(0, &bytes) || !arguments.readBytes(1, &table) ||
      !arguments.readInt64(2, &maxBulkBytes) || !arguments.readBool(3, &limits.unauthenticated) ||
      !arguments.readUint32(4, &key.word0) || !arguments.readUint32(5, &key.word1)) {
    return nullptr;
  }
  limits.maxBulkBytes = static_cast<uint64_t>(maxBulkBytes);
  uint32_t* const words = reinterpret_cast<uint32_t*>(table.data);
  const uint64_t room = table.length / sizeof(uint32_t);
  return makeNumber(env, static_cast<double>(
                             resp::scanAll(bytes.data, bytes.length, limits, key, words, room)));
}

/** [offset, offset + length) of the bytes at `index`; the offset is the argument after it. */
bool readPlace(const Arguments& arguments, size_t index, int64_t length, uint8_t** start) {
  Bytes whole;
  int64_t offset = 0;
  if (!arguments.readBytes(index, &whole) || !arguments.readInt64(index + 1, &offset)) return false;
  const int64_t total = static_cast<int64_t>(whole.length);
  if (offset < 0 || length < 0 || offset > total || length > total - offset) {
    napi_throw_range_error(arguments.env(), nullptr, "the range is not inside the bytes");
    return false;
  }
  *start = whole.data + offset;
  return true;
}

/** bitCount(bytes, offset, length) -> bits that are set */
napi_value bitCount(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  Bytes bytes;
  if (!arguments.readRange(0, &bytes)) return nullptr;
  return makeNumber(env, static_cast<double>(bits::countBits(bytes.data, bytes.length)));
}

/** bitFindOther(bytes, offset, length, byte) -> bytes before the first other one, or `length` */
napi_value bitFindOther(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  Bytes bytes;
  uint32_t byte = 0;
  if (!arguments.readRange(0, &bytes) || !arguments.readUint32(3, &byte)) return nullptr;
  const size_t found = bits::findOther(bytes.data, bytes.length, static_cast<uint8_t>(byte));
  return makeNumber(env, static_cast<double>(found));
}

/** bitCombine(operation, target, targetAt, a, aAt, b, bAt, length) */
napi_value bitCombine(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  uint32_t operation = 0;
  int64_t length = 0;
  uint8_t* target = nullptr;
  uint8_t* a = nullptr;
  uint8_t* b = nullptr;
  if (!arguments.readUint32(0, &operation) || !arguments.readInt64(7, &length) ||
      !readPlace(arguments, 1, length, &target) || !readPlace(arguments, 3, length, &a) ||
      !readPlace(arguments, 5, length, &b)) {
    return nullptr;
  }
  const auto rule = static_cast<bits::Operation>(operation);
  bits::combine(rule, target, a, b, static_cast<size_t>(length));
  return nullptr;
}

/** crc64Update(state, bytes, offset, length): the state is the sum, least significant byte first. */
napi_value crc64Update(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  Bytes state;
  Bytes bytes;
  if (!arguments.readBytes(0, &state) || !arguments.readRange(1, &bytes)) return nullptr;
  uint64_t sum = 0;
  if (state.length != sizeof(sum)) {
    napi_throw_range_error(env, nullptr, "the state has eight bytes");
    return nullptr;
  }
  std::memcpy(&sum, state.data, sizeof(sum));
  sum = crc64::update(sum, bytes.data, bytes.length);
  std::memcpy(state.data, &sum, sizeof(sum));
  return nullptr;
}

/** lzfCompress(bytes, offset, length, out, outOffset, room) -> size, 0 when they do not fit */
napi_value lzfCompress(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  Bytes bytes;
  Bytes out;
  if (!arguments.readRange(0, &bytes) || !arguments.readRange(3, &out)) return nullptr;
  const size_t size = lzf::compress(bytes.data, bytes.length, out.data, out.length);
  return makeNumber(env, static_cast<double>(size));
}

/** lzfDecompress(bytes, offset, size, out, outOffset, length) -> 1, or 0 for what is no LZF */
napi_value lzfDecompress(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  Bytes bytes;
  Bytes out;
  if (!arguments.readRange(0, &bytes) || !arguments.readRange(3, &out)) return nullptr;
  const bool isWhole = lzf::decompress(bytes.data, bytes.length, out.data, out.length);
  return makeNumber(env, isWhole ? 1 : 0);
}

}  // namespace

void addAlgorithms(napi_env env, napi_value exports) {
  addFunction(env, exports, "bitCombine", bitCombine, nullptr);
  addFunction(env, exports, "bitCount", bitCount, nullptr);
  addFunction(env, exports, "bitFindOther", bitFindOther, nullptr);
  addFunction(env, exports, "crc64Update", crc64Update, nullptr);
  addFunction(env, exports, "halfSipHash13", halfSipHash13, nullptr);
  addFunction(env, exports, "lzfCompress", lzfCompress, nullptr);
  addFunction(env, exports, "lzfDecompress", lzfDecompress, nullptr);
  addFunction(env, exports, "memoryAdvise", memoryAdvise, nullptr);
  addFunction(env, exports, "memoryPopulate", memoryPopulate, nullptr);
  addFunction(env, exports, "memoryPreferHuge", memoryPreferHuge, nullptr);
  addFunction(env, exports, "scan", scan, nullptr);
}

}  // namespace binding
