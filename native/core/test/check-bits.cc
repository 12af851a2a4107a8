// Bit operations on random ranges against plain loops over single bits and bytes.
#include <cstring>
#include <vector>

#include "bits/bit-operations.h"
#include "test/random-source.h"

namespace {

/** Its own allocation, so that the sanitizer sees a read beyond either end. */
std::vector<uint8_t> randomBytes(test::RandomSource* random, size_t length) {
  std::vector<uint8_t> bytes(length);
  const bool isUniform = random->chance(30);
  const uint8_t fill = random->chance(50) ? 0 : 0xff;
  for (uint8_t& byte : bytes) byte = isUniform ? fill : static_cast<uint8_t>(random->next());
  if (isUniform && length > 0 && random->chance(70)) {
    bytes[random->below(static_cast<uint32_t>(length))] = static_cast<uint8_t>(random->next());
  }
  return bytes;
}

uint8_t combined(bits::Operation operation, uint8_t a, uint8_t b) {
  switch (operation) {
    case bits::Operation::kAnd: return a & b;
    case bits::Operation::kOr: return a | b;
    case bits::Operation::kXor: return a ^ b;
    case bits::Operation::kAndNot: return static_cast<uint8_t>(a & ~b);
    case bits::Operation::kNot: return static_cast<uint8_t>(~a);
  }
  return 0;
}

void run(uint64_t seed) {
  test::RandomSource random(seed);
  const size_t length = random.below(random.chance(80) ? 200 : 5000);
  const std::vector<uint8_t> a = randomBytes(&random, length);
  const std::vector<uint8_t> b = randomBytes(&random, length);
  const size_t from = length == 0 ? 0 : random.below(static_cast<uint32_t>(length));
  const size_t count = length - from;
  uint64_t set = 0;
  for (size_t i = from; i < length; i++) {
    for (int bit = 0; bit < 8; bit++) set += (a[i] >> bit) & 1;
  }
  CHECK(bits::countBits(a.data() + from, count) == set, seed);
  for (const uint8_t byte : {uint8_t{0}, uint8_t{0xff}, static_cast<uint8_t>(seed)}) {
    size_t other = 0;
    while (other < count && a[from + other] == byte) other++;
    CHECK(bits::findOther(a.data() + from, count, byte) == other, seed);
  }
  for (uint32_t number = 0; number <= static_cast<uint32_t>(bits::Operation::kNot); number++) {
    const bits::Operation operation = static_cast<bits::Operation>(number);
    std::vector<uint8_t> expected(length);
    for (size_t i = 0; i < length; i++) expected[i] = combined(operation, a[i], b[i]);
    std::vector<uint8_t> apart(length);
    bits::combine(operation, apart.data(), a.data(), b.data(), length);
    CHECK(apart == expected, seed);
    std::vector<uint8_t> overFirst = a;
    bits::combine(operation, overFirst.data(), overFirst.data(), b.data(), length);
    CHECK(overFirst == expected, seed);
    std::vector<uint8_t> overSecond = b;
    bits::combine(operation, overSecond.data(), a.data(), overSecond.data(), length);
    CHECK(overSecond == expected, seed);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const test::RunPlan plan = test::readPlan(argc, argv, 1000);
  for (uint64_t i = 0; i < plan.runs; i++) run(plan.firstSeed + i);
  std::printf("%llu runs of bit operations\n", static_cast<unsigned long long>(plan.runs));
  return 0;
}
