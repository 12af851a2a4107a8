// The checksum against one that takes a bit at a time, whole and in parts, at any place.
#include <cstring>
#include <vector>

#include "crc64/crc64.h"
#include "test/random-source.h"

namespace {

constexpr uint64_t kPolynomial = 0x95ac9329ac4bc9b5u;

uint64_t bitByBit(uint64_t sum, const std::vector<uint8_t>& bytes) {
  for (const uint8_t byte : bytes) {
    sum ^= byte;
    for (int bit = 0; bit < 8; bit++) sum = (sum >> 1) ^ ((sum & 1) != 0 ? kPolynomial : 0);
  }
  return sum;
}

void run(uint64_t seed) {
  test::RandomSource random(seed);
  std::vector<uint8_t> bytes(random.below(random.chance(80) ? 200 : 5000));
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random.next());
  const uint64_t start = random.chance(50) ? 0 : random.next();
  const uint64_t expected = bitByBit(start, bytes);
  CHECK(crc64::update(start, bytes.data(), bytes.size()) == expected, seed);
  uint64_t sum = start;
  for (size_t at = 0; at < bytes.size();) {
    const size_t left = bytes.size() - at;
    const size_t part = 1 + random.below(static_cast<uint32_t>(left));
    sum = crc64::update(sum, bytes.data() + at, part);
    at += part;
  }
  CHECK(sum == expected, seed);
}

}  // namespace

int main(int argc, char** argv) {
  const test::RunPlan plan = test::readPlan(argc, argv, 1000);
  const char* const known = "123456789";
  uint8_t bytes[9];
  std::memcpy(bytes, known, sizeof(bytes));
  CHECK(crc64::update(0, bytes, sizeof(bytes)) == 0xe9c6d914c4b8d9cau, 0);
  for (uint64_t i = 0; i < plan.runs; i++) run(plan.firstSeed + i);
  std::printf("%llu runs of CRC64\n", static_cast<unsigned long long>(plan.runs));
  return 0;
}
