import { latin1Bytes } from "../../base/bytes";
import type { Arguments } from "../../command/arguments";
import { ERR_NOT_INTEGER, ERR_SYNTAX } from "../../command/error-texts";
import { type KeyPositions, keyFlagBits } from "../../command/key-positions";
import type { DataCall } from "../../keyspace/data-call";

/** What MIGRATE was asked for: where to, which keys, and how. It reads arguments and does nothing. */
export interface MigrateRequest {
  readonly host: string;
  /** As given: may be no port at all. */
  readonly port: number;
  readonly database: number;
  /** The longest time without any progress. */
  readonly timeoutMs: number;
  readonly copies: boolean;
  readonly replaces: boolean;
  /** AUTH and its arguments; none without a password. */
  readonly auth: readonly (string | Uint8Array)[];
  readonly keys: readonly Uint8Array[];
}

const COPY = latin1Bytes("copy");
const REPLACE = latin1Bytes("replace");
const AUTH = latin1Bytes("auth");
const AUTH2 = latin1Bytes("auth2");
const KEYS = latin1Bytes("keys");
/** None of the keys is there. */
export const NO_KEY = latin1Bytes("NOKEY");
const HOST_INDEX = 1;
const PORT_INDEX = 2;
const KEY_INDEX = 3;
const DATABASE_INDEX = 4;
const TIMEOUT_INDEX = 5;
const FIRST_OPTION = 6;
const DEFAULT_TIMEOUT_MS = 1000;
/** The longest that a timer of Node waits. */
const MOST_TIMEOUT_MS = 0x7fffffff;
const ERR_KEYS =
  "ERR When using MIGRATE KEYS option, the key argument must be set to the empty string";
const MOVES = keyFlagBits("RW", "access", "delete");

interface Options {
  copies: boolean;
  replaces: boolean;
  auth: (string | Uint8Array)[];
  /** The first key behind KEYS, or 0. */
  firstKey: number;
}

/**
 * Reads the request, with the keys that are there now; undefined when it is answered already, with an
 * error or with NOKEY. Passwords are hidden from whoever shows commands.
 */
export function readMigrateRequest(call: DataCall): MigrateRequest | undefined {
  const { args, reply } = call;
  const options = readOptions(call);
  if (options === undefined) return undefined;
  const timeoutMs = args.clampedInteger(TIMEOUT_INDEX);
  const database = Number.isNaN(timeoutMs) ? Number.NaN : args.clampedInteger(DATABASE_INDEX);
  if (Number.isNaN(database)) {
    reply.error(ERR_NOT_INTEGER);
    return undefined;
  }
  const keys = presentKeys(call, options.firstKey);
  if (keys.length === 0) {
    reply.status(NO_KEY);
    return undefined;
  }
  const port = args.clampedInteger(PORT_INDEX);
  return {
    host: args.text(HOST_INDEX),
    // What is no number is port 0 for Redis, to which nobody can connect.
    port: Number.isNaN(port) ? 0 : port,
    database,
    timeoutMs: timeoutMs <= 0 ? DEFAULT_TIMEOUT_MS : Math.min(timeoutMs, MOST_TIMEOUT_MS),
    copies: options.copies,
    replaces: options.replaces,
    auth: options.auth,
    keys,
  };
}

function readOptions(call: DataCall): Options | undefined {
  const { args } = call;
  const options: Options = { copies: false, replaces: false, auth: [], firstKey: 0 };
  for (let i = FIRST_OPTION; i < args.count && options.firstKey === 0; i++) {
    const more = args.count - 1 - i;
    if (args.is(i, COPY)) {
      options.copies = true;
    } else if (args.is(i, REPLACE)) {
      options.replaces = true;
    } else if (args.is(i, AUTH) && more > 0) {
      options.auth = ["AUTH", ...takeSecrets(call, i + 1, 1)];
      i += 1;
    } else if (args.is(i, AUTH2) && more > 1) {
      options.auth = ["AUTH", ...takeSecrets(call, i + 1, 2)];
      i += 2;
    } else if (args.is(i, KEYS)) {
      if (args.length(KEY_INDEX) > 0) {
        call.reply.error(ERR_KEYS);
        return undefined;
      }
      options.firstKey = i + 1;
    } else {
      call.reply.error(ERR_SYNTAX);
      return undefined;
    }
  }
  return options;
}

function takeSecrets(call: DataCall, first: number, count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => {
    call.redact(first + i);
    return call.args.copy(first + i);
  });
}

/** Copies of the keys that are there. Hits and misses are counted. */
function presentKeys(call: DataCall, firstKey: number): Uint8Array[] {
  const { args } = call;
  const keys: Uint8Array[] = [];
  const first = firstKey === 0 ? KEY_INDEX : firstKey;
  const end = firstKey === 0 ? KEY_INDEX + 1 : args.count;
  for (let i = first; i < end; i++) if (call.read(i) !== 0) keys.push(args.copy(i));
  return keys;
}

/** The keys of a request, behind KEYS if the key argument is empty. */
export function migrateKeys(args: Arguments, found: KeyPositions): boolean {
  let first = KEY_INDEX;
  let last = KEY_INDEX;
  for (let i = FIRST_OPTION; i < args.count && args.length(KEY_INDEX) === 0; i++) {
    if (args.is(i, AUTH)) {
      i += 1;
    } else if (args.is(i, AUTH2)) {
      i += 2;
    } else if (args.is(i, KEYS)) {
      first = i + 1;
      last = args.count - 1;
      break;
    }
  }
  for (let i = first; i <= last; i++) found.add(i, MOVES);
  return true;
}
