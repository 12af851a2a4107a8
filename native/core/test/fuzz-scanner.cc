// Fuzzes the scanner: random streams of valid, damaged and senseless requests, scanned whole and
// cut at random bytes, must give the same records. Every piece lies in a block of exactly its size,
// so that the sanitizer sees a single byte read too far.
#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "resp/record.h"
#include "resp/scan-all.h"
#include "resp/scanner.h"
#include "test/random-source.h"

namespace {

constexpr char kMeaningful[] = "***$$$\r\n\r\n\r\n0011223459-+ \0\"'ab";
const char* const kOddNumbers[] = {
    "0",          "-1",         "-0",        "00",       "01",
    "+1",         "",           " 1",        "1 ",       "1a",
    "11",         "16384",      "16385",     "70000",    "2147483647",
    "2147483648", "4294967295", "536870913", "-9223372036854775808",
    "9223372036854775807", "9223372036854775808", "99999999999999999999"};

struct Found {
  uint32_t kind;
  uint32_t aux;
  std::vector<std::string> parts;

  bool operator==(const Found& other) const {
    return kind == other.kind && aux == other.aux && parts == other.parts;
  }
};

char meaningful(test::RandomSource& random) {
  return kMeaningful[random.below(sizeof kMeaningful - 1)];
}

std::string randomBytes(test::RandomSource& random, uint32_t longest) {
  std::string bytes(random.below(longest + 1), '\0');
  for (size_t at = 0; at < bytes.size(); at += 8) {
    const uint64_t word = random.next();
    std::memcpy(&bytes[at], &word, std::min<size_t>(8, bytes.size() - at));
  }
  return bytes;
}

std::string validRequest(test::RandomSource& random) {
  if (random.chance(10)) return random.chance(50) ? "\r\n" : "*0\r\n";
  if (random.chance(15)) {
    std::string line = randomBytes(random, 20);
    for (char& byte : line) {
      if (byte == '\n' || byte == '\0' || byte == '*') byte = 'x';
    }
    return line + (random.chance(50) ? "\r\n" : "\n");
  }
  const uint32_t count = random.chance(5) ? random.between(10, 60) : random.between(1, 5);
  std::string request = "*" + std::to_string(count) + "\r\n";
  for (uint32_t i = 0; i < count; i++) {
    const std::string text = randomBytes(random, random.below(1000) < 3 ? 40000 : 12);
    request += "$" + std::to_string(text.size()) + "\r\n" + text + "\r\n";
  }
  return request;
}

void putOddNumber(test::RandomSource& random, std::string& stream) {
  const size_t header = stream.find_first_of("*$", random.below(stream.size() + 1));
  if (header == std::string::npos) return;
  size_t end = header + 1;
  while (end < stream.size() && stream[end] >= '0' && stream[end] <= '9') end++;
  const size_t which = random.below(sizeof kOddNumbers / sizeof kOddNumbers[0]);
  stream.replace(header + 1, end - header - 1, kOddNumbers[which]);
}

std::string randomStream(test::RandomSource& random) {
  std::string stream;
  if (random.chance(15)) {
    for (uint32_t i = random.below(60); i > 0; i--) stream += meaningful(random);
    return stream;
  }
  for (uint32_t i = random.between(1, 6); i > 0; i--) stream += validRequest(random);
  if (random.chance(40)) return stream;
  for (uint32_t i = random.between(1, 3); i > 0; i--) {
    const size_t at = random.below(static_cast<uint32_t>(stream.size()) + 1);
    switch (random.below(5)) {
      case 0:
        if (at < stream.size()) stream[at] = meaningful(random);
        break;
      case 1:
        stream.insert(at, 1, meaningful(random));
        break;
      case 2:
        stream.erase(at, random.between(1, 4));
        break;
      case 3:
        if (random.chance(5)) {
          stream.insert(at, random.between(65000, 66000), random.chance(80) ? '1' : '*');
        }
        break;
      default:
        putOddNumber(random, stream);
        break;
    }
  }
  return stream;
}

std::vector<Found> readTable(const std::vector<uint32_t>& table, size_t words,
                             const std::string& bytes) {
  std::vector<Found> found;
  for (size_t at = 0; at < words;) {
    const uint32_t* record = &table[at];
    Found one = {record[1], 0, {}};
    const bool isEvent = record[1] & resp::kEventBit;
    const uint32_t pairs = !isEvent ? record[1] : record[1] == (resp::kEventBit | 4) ? 1 : 0;
    if (isEvent) one.aux = record[2];
    for (uint32_t i = 0; i < pairs; i++) {
      const uint32_t* pair = record + resp::kRecordHeaderWords + 2 * i;
      one.parts.push_back(bytes.substr(pair[0], pair[1]));
    }
    found.push_back(one);
    at += resp::kRecordHeaderWords + 2 * size_t{pairs};
  }
  return found;
}

/** Scans as the reactor does: what is incomplete is kept, moved, and gone on with. */
class CutScanner {
 public:
  CutScanner(const resp::Limits& limits, uint64_t seed) : limits_(limits), seed_(seed) {}

  void push(const std::string& piece) {
    if (stopped_) return;
    kept_ += piece;
    // A fresh block of exactly this size: nothing may depend on where the bytes were before.
    std::vector<uint8_t> block(kept_.begin(), kept_.end());
    block.shrink_to_fit();
    size_t at = 0;
    while (at < block.size() && !stopped_ && scanOne(block, at)) {
    }
    kept_.erase(0, stopped_ ? kept_.size() : at);
  }

  const std::vector<Found>& found() const { return found_; }

 private:
  bool scanOne(const std::vector<uint8_t>& block, size_t& at) {
    const size_t available = block.size() - at;
    const uint64_t understood = state_.next;
    const resp::Scan scan = resp::scanRequest(
        block.data() + at, available, limits_,
        {arguments_.data(), static_cast<uint32_t>(arguments_.size() / 2), 0}, state_);
    CHECK(state_.next >= understood, seed_);
    switch (scan.outcome) {
      case resp::Outcome::kNoRoom:
        arguments_.resize(arguments_.size() * 2 + 2);
        return true;
      case resp::Outcome::kIncomplete:
        CHECK(state_.next <= available, seed_);
        CHECK(state_.bulk < 0 || state_.wanted() > available, seed_);
        return false;
      case resp::Outcome::kError:
        found_.push_back({resp::kEventBit | resp::kEventProtocolError, scan.error, {}});
        stopped_ = true;
        return false;
      case resp::Outcome::kRequest: {
        Found request = {state_.count, 0, {}};
        for (uint32_t i = 0; i < state_.count; i++) {
          request.parts.emplace_back(
              reinterpret_cast<const char*>(block.data()) + at + arguments_[2 * i],
              arguments_[2 * i + 1]);
        }
        found_.push_back(request);
        break;
      }
      case resp::Outcome::kInline:
        found_.push_back({resp::kEventBit | resp::kEventInline, 0, {}});
        found_.back().parts.emplace_back(reinterpret_cast<const char*>(block.data()) + at,
                                         scan.lineLength);
        break;
      case resp::Outcome::kNothing:
        break;
    }
    CHECK(scan.end > 0 && scan.end <= available, seed_);
    at += scan.end;
    state_ = resp::RequestState();
    return true;
  }

  resp::Limits limits_;
  uint64_t seed_;
  std::string kept_;
  std::vector<uint32_t> arguments_;
  resp::RequestState state_;
  std::vector<Found> found_;
  bool stopped_ = false;
};

void fuzzOne(uint64_t seed, std::vector<uint32_t>& table) {
  test::RandomSource random(seed);
  const std::string stream = randomStream(random);
  const resp::Limits limits = {random.chance(50) ? 536870912u : 30000u, random.chance(20)};
  std::vector<uint8_t> whole(stream.begin(), stream.end());
  whole.shrink_to_fit();
  const size_t words =
      resp::scanAll(whole.data(), whole.size(), limits, {1, 2}, table.data(), table.size());
  const std::vector<Found> expected = readTable(table, words, stream);
  for (int cutting = 0; cutting < 2; cutting++) {
    CutScanner scanner(limits, seed);
    // Every push copies what is kept, so long streams are not cut into single bytes.
    const uint32_t size = static_cast<uint32_t>(stream.size());
    const uint32_t longest =
        cutting == 0 && size < 300 ? 1 : random.between(2 + size / 30, size + 2);
    for (size_t at = 0; at < stream.size();) {
      const uint32_t length = random.between(1, longest);
      scanner.push(stream.substr(at, length));
      at += length;
    }
    CHECK(scanner.found() == expected, seed);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const test::RunPlan plan = test::readPlan(argc, argv, 20000);
  std::vector<uint32_t> table(1 << 20);
  for (uint64_t i = 0; i < plan.runs; i++) fuzzOne(plan.firstSeed + i, table);
  std::printf("%llu streams scanned whole and cut\n", static_cast<unsigned long long>(plan.runs));
  return 0;
}
