// See scan-all.h.
#include "resp/scan-all.h"

#include "resp/record.h"

namespace resp {

size_t scanAll(const uint8_t* bytes, size_t length, const Limits& limits, hash::HalfSipKey key,
               uint32_t* table, size_t tableWords) {
  size_t used = 0;
  size_t at = 0;
  while (at < length && tableWords - used >= kInlineRecordWords) {
    uint32_t* const record = table + used;
    const uint32_t start = static_cast<uint32_t>(at);
    const uint32_t room = static_cast<uint32_t>((tableWords - used - kRecordHeaderWords) / 2);
    RequestState state;
    const Scan scan = scanRequest(bytes + at, length - at, limits,
                                  {record + kRecordHeaderWords, room, start}, state);
    switch (scan.outcome) {
      case Outcome::kRequest:
        writeRequest(record, 0, state.count, bytes, start, key);
        used += kRecordHeaderWords + 2 * size_t{state.count};
        break;
      case Outcome::kInline:
        writeInline(record, 0, start, scan.lineLength);
        used += kInlineRecordWords;
        break;
      case Outcome::kNothing:
        break;
      case Outcome::kError:
        writeEvent(record, 0, kEventProtocolError, scan.error, start);
        return used + kRecordHeaderWords;
      case Outcome::kIncomplete:
      case Outcome::kNoRoom:
        return used;
    }
    at += scan.end;
  }
  return used;
}

}  // namespace resp
