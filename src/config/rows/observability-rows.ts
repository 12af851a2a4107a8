/** Directives about users, the slow log, and the tracking of latency. */
import { IMMUTABLE } from "../directive";
import { choice } from "../kinds/choice";
import { flag } from "../kinds/flag";
import { integer, LONG_MAX } from "../kinds/integer";
import { text } from "../kinds/text";
import { percentilesDirective } from "../special/percentiles";

export const observabilityRows = [
  text("aclfile", "", { attributes: IMMUTABLE }),
  choice("acl-pubsub-default", "resetchannels", ["allchannels", "resetchannels"]),
  integer("acllog-max-len", 128, 0, LONG_MAX),
  integer("slowlog-log-slower-than", 10_000, -1, LONG_MAX),
  integer("slowlog-max-len", 128, 0, LONG_MAX),
  integer("latency-monitor-threshold", 0, 0, LONG_MAX),
  flag("latency-tracking", true),
  percentilesDirective,
];
