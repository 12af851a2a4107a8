// Every parity script there is, by the family of its commands.

import type { ParityScript } from "./script";
import { BIT_FIELD_SCRIPTS } from "./scripts/bit-fields";
import { BIT_SCRIPTS } from "./scripts/bits";
import { BLOCKING_SCRIPTS } from "./scripts/blocking";
import { BLOCKING_TYPE_SCRIPTS } from "./scripts/blocking-types";
import { COUNTER_SCRIPTS } from "./scripts/counters";
import { ERROR_SCRIPTS } from "./scripts/errors";
import { EXPIRE_SCRIPTS } from "./scripts/expire";
import { GEO_SCRIPTS } from "./scripts/geo";
import { HASH_SCRIPTS } from "./scripts/hashes";
import { HYPERLOGLOG_SCRIPTS } from "./scripts/hyperloglog";
import { KEYSPACE_SCRIPTS } from "./scripts/keyspace";
import { LIST_SCRIPTS } from "./scripts/lists";
import { OBJECT_SCRIPTS } from "./scripts/object";
import { PROTOCOL_SCRIPTS } from "./scripts/protocol";
import { PUBSUB_SCRIPTS } from "./scripts/pubsub";
import { SERVER_SCRIPTS } from "./scripts/server";
import { SESSION_SCRIPTS } from "./scripts/session";
import { SET_SCRIPTS } from "./scripts/sets";
import { SORT_SCRIPTS } from "./scripts/sort";
import { STREAM_WAITING_SCRIPTS } from "./scripts/stream-waiting";
import { STREAM_SCRIPTS } from "./scripts/streams";
import { STRING_SCRIPTS } from "./scripts/strings";
import { TRANSACTION_SCRIPTS } from "./scripts/transactions";
import { ZSET_RESULT_SCRIPTS } from "./scripts/zset-results";
import { ZSET_SCRIPTS } from "./scripts/zsets";

export const FAMILIES: Readonly<Record<string, readonly ParityScript[]>> = {
  strings: STRING_SCRIPTS,
  counters: COUNTER_SCRIPTS,
  bits: [...BIT_SCRIPTS, ...BIT_FIELD_SCRIPTS],
  hashes: HASH_SCRIPTS,
  sets: SET_SCRIPTS,
  zsets: [...ZSET_SCRIPTS, ...ZSET_RESULT_SCRIPTS],
  geo: GEO_SCRIPTS,
  sort: SORT_SCRIPTS,
  hyperloglog: HYPERLOGLOG_SCRIPTS,
  lists: LIST_SCRIPTS,
  streams: STREAM_SCRIPTS,
  "stream waiting": STREAM_WAITING_SCRIPTS,
  keyspace: KEYSPACE_SCRIPTS,
  object: OBJECT_SCRIPTS,
  expire: EXPIRE_SCRIPTS,
  session: SESSION_SCRIPTS,
  server: SERVER_SCRIPTS,
  pubsub: PUBSUB_SCRIPTS,
  transactions: TRANSACTION_SCRIPTS,
  blocking: [...BLOCKING_SCRIPTS, ...BLOCKING_TYPE_SCRIPTS],
  errors: ERROR_SCRIPTS,
  protocol: PROTOCOL_SCRIPTS,
};
