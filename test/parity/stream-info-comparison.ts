// Replies of XINFO and XPENDING compared but for the times in them, which pass differently.

import type { Reply } from "../support/reply";
import { isInteger, keyOf, kindOf } from "./reply-comparison";

/** Fields of XINFO that 7.0 has not got. */
const NEWER_STREAM_FIELDS = new Set(["active-time", "inactive"]);
/** Fields that tell how long ago something was, or when. */
const STREAM_TIMES = new Set(["idle", "seen-time"]);
/** The year 2020: an integer from here on is a time, as no run counts so far. */
const FIRST_TIME_MS = 1_577_836_800_000;
const LAST_TIME_MS = 10 * FIRST_TIME_MS;

export function sameStreamInfo(ours: Reply, real: Reply, args: readonly Buffer[]): boolean {
  if (args[0]?.toString("latin1").toLowerCase() !== "xpending") {
    return keyOf(maskTimes(ours)) === keyOf(maskTimes(real));
  }
  if (!Array.isArray(ours) || !Array.isArray(real)) return false;
  return (
    keyOf(ours.map(maskIdleTime).map(maskTimes)) === keyOf(real.map(maskIdleTime).map(maskTimes))
  );
}

/** A row of XPENDING is ID, consumer, idle time, deliveries. */
function maskIdleTime(row: Reply): Reply {
  if (!Array.isArray(row) || row.length !== 4 || !isInteger(row[2] ?? null)) return row;
  return [row[0] ?? null, row[1] ?? null, "time", row[3] ?? null];
}

function maskTimes(reply: Reply): Reply {
  if (Array.isArray(reply)) {
    const masked: Reply[] = [];
    for (let at = 0; at < reply.length; at++) {
      const name = reply[at] ?? null;
      const isName = typeof name === "string" && at % 2 === 0;
      if (isName && NEWER_STREAM_FIELDS.has(name)) at++;
      else if (isName && STREAM_TIMES.has(name)) masked.push(name, `time ${typeof reply[++at]}`);
      else masked.push(maskTimes(name));
    }
    return masked;
  }
  if (kindOf(reply) === "map") {
    const pairs = (reply as { map: [Reply, Reply][] }).map;
    return maskTimes(pairs.flat());
  }
  if (!isInteger(reply)) return reply;
  return reply >= FIRST_TIME_MS && reply < LAST_TIME_MS ? "time" : String(reply);
}
