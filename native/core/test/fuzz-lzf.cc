// Compressing and decompressing of random bytes, and decompressing of broken ones. Every buffer is
// an allocation of its own size, so that the sanitizer sees a step beyond either end.
#include <vector>

#include "lzf/lzf.h"
#include "test/random-source.h"

namespace {

using Bytes = std::vector<uint8_t>;

void append(Bytes* to, const Bytes& part) { to->insert(to->end(), part.begin(), part.end()); }

Bytes randomBytes(test::RandomSource* random, size_t length) {
  Bytes bytes(length);
  const uint32_t kinds = random->chance(50) ? 256 : random->between(1, 4);
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random->below(kinds));
  return bytes;
}

/** Bytes with more or less of them repeated, near and far. */
Bytes sample(test::RandomSource* random) {
  const Bytes often = randomBytes(random, random->below(random->chance(80) ? 20 : 9000));
  Bytes bytes;
  for (uint32_t left = random->below(30); left > 0; left--) {
    append(&bytes, random->chance(60) ? often : randomBytes(random, random->below(40)));
  }
  return bytes;
}

void run(uint64_t seed) {
  test::RandomSource random(seed);
  const Bytes bytes = sample(&random);
  Bytes packed(bytes.size() + bytes.size() / 32 + 8);
  const size_t size = lzf::compress(bytes.data(), bytes.size(), packed.data(), packed.size());
  CHECK(size > 0 || bytes.empty(), seed);
  packed.resize(size);
  packed.shrink_to_fit();
  Bytes back(bytes.size());
  CHECK(lzf::decompress(packed.data(), packed.size(), back.data(), back.size()), seed);
  CHECK(back == bytes, seed);
  if (size == 0) return;

  Bytes exact(size);
  CHECK(lzf::compress(bytes.data(), bytes.size(), exact.data(), size) == size, seed);
  Bytes tight(random.below(static_cast<uint32_t>(size)));
  CHECK(lzf::compress(bytes.data(), bytes.size(), tight.data(), tight.size()) == 0, seed);
  Bytes shorter(bytes.size() - 1);
  CHECK(!lzf::decompress(packed.data(), packed.size(), shorter.data(), shorter.size()), seed);

  for (int times = 0; times < 5; times++) {
    packed[random.below(static_cast<uint32_t>(size))] = static_cast<uint8_t>(random.next());
    const Bytes cut(packed.begin(), packed.begin() + random.below(static_cast<uint32_t>(size + 1)));
    lzf::decompress(packed.data(), packed.size(), back.data(), back.size());
    lzf::decompress(cut.data(), cut.size(), back.data(), back.size());
  }
}

}  // namespace

int main(int argc, char** argv) {
  const test::RunPlan plan = test::readPlan(argc, argv, 3000);
  for (uint64_t i = 0; i < plan.runs; i++) run(plan.firstSeed + i);
  std::printf("%llu runs of LZF\n", static_cast<unsigned long long>(plan.runs));
  return 0;
}
