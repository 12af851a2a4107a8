import { latin1Bytes } from "../../base/bytes";
import { ERR_NOT_INTEGER, ERR_SYNTAX } from "../../command/error-texts";
import { type CommandSpec, keyAt } from "../../command/spec";
import { EVENT_GENERIC } from "../../config/keyspace-events";
import type { DataCall } from "../../keyspace/data-call";
import { ENTRY_META, setWord, wordOf, writeExactExpiry } from "../../keyspace/entry";
import type { ValueLoader, ValueSaver } from "../../keyspace/value-codec";
import type { BlockMemory } from "../../memory/block-memory";
import type { ByteCodecs } from "../../native/byte-codecs";
import { DumpPayload } from "../rdb/dump-payload";

/** DUMP and RESTORE: one value as a string of bytes that any Redis reads, and back. */

const REPLACE = latin1Bytes("replace");
const ABSTTL = latin1Bytes("absttl");
const IDLETIME = latin1Bytes("idletime");
const FREQ = latin1Bytes("freq");
const MOST_FREQUENCY = 255n;
const INT64_LIMIT = 2n ** 63n;
const NONE = -1n;
const ERR_BUSY = "BUSYKEY Target key name already exists.";
const ERR_TTL = "ERR Invalid TTL value, must be >= 0";
const ERR_IDLETIME = "ERR Invalid IDLETIME value, must be >= 0";
const ERR_FREQ = "ERR Invalid FREQ value, must be >= 0 and <= 255";
const ERR_PAYLOAD = "ERR DUMP payload version or checksum are wrong";
const ERR_FORMAT = "ERR Bad data format";

interface RestoreOptions {
  replaces: boolean;
  isAbsolute: boolean;
  /** Seconds without use, and the counter of an LFU policy; NONE where they are not told. */
  idleSeconds: bigint;
  frequency: bigint;
}

export interface DumpParts {
  readonly memory: BlockMemory;
  /** One of each per type; strings need none. */
  readonly savers: readonly ValueSaver[];
  readonly loaders: readonly ValueLoader[];
  readonly codecs: ByteCodecs;
  /** Whether sanitize-dump-payload asks for what clients send to be checked in depth. */
  readonly sanitizes: () => boolean;
}

/** The commands; their handlers share one payload. */
export function dumpCommands(parts: DumpParts): readonly CommandSpec<DataCall>[] {
  const payload = new DumpPayload(parts.memory, parts.savers, parts.loaders, parts.codecs);
  return [
    {
      name: "dump",
      arity: 2,
      flags: ["readonly"],
      group: "generic",
      since: "2.6.0",
      summary: "Replies a key's value as bytes that RESTORE makes a value of again.",
      complexity: "O(N) in the size of the value",
      categories: ["keyspace"],
      tips: ["nondeterministic_output"],
      keys: [keyAt(1, "RO", "access")],
      arguments: [{ name: "key", type: "key", keySpecIndex: 0 }],
      handler: (call) => dump(call, payload),
    },
    {
      name: "restore",
      arity: -4,
      flags: ["write", "denyoom"],
      group: "generic",
      since: "2.6.0",
      summary: "Creates a key from bytes that DUMP replied.",
      complexity: "O(N) in the size of the value, O(N*log(N)) for sorted sets",
      history: [
        ["3.0.0", "Added `REPLACE`."],
        ["5.0.0", "Added `ABSTTL`."],
        ["5.0.0", "Added `IDLETIME` and `FREQ`."],
      ],
      categories: ["keyspace", "dangerous"],
      keys: [keyAt(1, "OW", "update")],
      arguments: [
        { name: "key", type: "key", keySpecIndex: 0 },
        { name: "ttl", type: "integer" },
        { name: "serialized-value", type: "string" },
        {
          name: "replace",
          type: "pure-token",
          token: "REPLACE",
          since: "3.0.0",
          flags: ["optional"],
        },
        {
          name: "absttl",
          type: "pure-token",
          token: "ABSTTL",
          since: "5.0.0",
          flags: ["optional"],
        },
        {
          name: "seconds",
          type: "integer",
          token: "IDLETIME",
          since: "5.0.0",
          flags: ["optional"],
        },
        {
          name: "frequency",
          type: "integer",
          token: "FREQ",
          since: "5.0.0",
          flags: ["optional"],
        },
      ],
      handler: (call) => restore(call, payload, parts),
    },
  ];
}

function dump(call: DataCall, payload: DumpPayload): void {
  const entry = call.read(1);
  if (entry === 0) {
    call.reply.nil();
    return;
  }
  const { bytes, length } = payload.write(entry);
  call.reply.bulk(bytes, 0, length);
}

function restore(call: DataCall, payload: DumpPayload, { sanitizes }: DumpParts): void {
  const { args, reply, db } = call;
  const options = readOptions(call);
  if (options === undefined) return;
  const { replaces } = options;
  if (!replaces && call.peek(1) !== 0) {
    reply.error(ERR_BUSY);
    return;
  }
  const ttl = args.int64(2);
  if (ttl === undefined || ttl < 0n) {
    reply.error(ttl === undefined ? ERR_NOT_INTEGER : ERR_TTL);
    return;
  }
  if (!payload.open(args.input, args.offset(3), args.length(3))) {
    reply.error(ERR_PAYLOAD);
    return;
  }
  const { input } = args;
  const at = args.offset(1);
  const checkedBefore = payload.packedBlocks;
  const entry = payload.read(db, call.hash(1), input, at, args.length(1), ttl > 0n);
  // Nothing that is read here goes unchecked: what the directive decides is whether that is counted.
  if (sanitizes()) call.keyspace.stats.sanitizedBlocks += payload.packedBlocks - checkedBefore;
  if (entry === 0) {
    reply.error(ERR_FORMAT);
    return;
  }
  place(call, payload, entry, options, expiryOf(call, ttl, options));
}

/** When a key with this TTL expires, in ms since 1970; 0 for never. What passes int64 wraps there. */
function expiryOf(call: DataCall, ttl: bigint, { isAbsolute }: RestoreOptions): bigint {
  if (ttl === 0n || isAbsolute) return ttl;
  return BigInt.asIntN(64, ttl + BigInt(call.nowMs));
}

/** Puts the entry in the place of whatever the key held, unless its time has come already. */
function place(
  call: DataCall,
  payload: DumpPayload,
  entry: number,
  options: RestoreOptions,
  expiryMs: bigint,
): void {
  const { db, keyspace } = call;
  const old = options.replaces ? call.peek(1) : 0;
  if (old !== 0) db.deleteFound(old);
  if (expiryMs !== 0n && expiryMs <= BigInt(call.nowMs) && keyspace.deletesPast) {
    keyspace.dispose(entry);
    if (old !== 0) call.changed(1, EVENT_GENERIC, "del");
  } else {
    if (expiryMs !== 0n) writeExactExpiry(keyspace.memory, entry, later(expiryMs));
    setClock(call, entry, options);
    db.add(entry);
    payload.placed(db, entry);
    call.changed(1, EVENT_GENERIC, "restore");
  }
  call.reply.ok();
}

/** A past time is kept only where keys are not removed for it; 0 is as past as any. */
function later(expiryMs: bigint): bigint {
  return expiryMs < 0n ? 0n : expiryMs % INT64_LIMIT;
}

function setClock(call: DataCall, entry: number, options: RestoreOptions): void {
  const { memory, access } = call.keyspace;
  const { frequency, idleSeconds } = options;
  let clock = Number.NaN;
  if (frequency !== NONE) clock = access.clockOfFrequency(Number(frequency));
  else if (idleSeconds !== NONE) clock = access.clockOfIdle(Number(idleSeconds));
  if (Number.isNaN(clock)) return;
  setWord(memory, entry, ENTRY_META, (wordOf(memory, entry, ENTRY_META) & 0xff) | (clock << 8));
}

/** Undefined when they are wrong (the error is written). */
function readOptions(call: DataCall): RestoreOptions | undefined {
  const { args, reply } = call;
  const options: RestoreOptions = {
    replaces: false,
    isAbsolute: false,
    idleSeconds: NONE,
    frequency: NONE,
  };
  for (let i = 4; i < args.count; i++) {
    const hasNext = i + 1 < args.count;
    if (args.is(i, REPLACE)) {
      options.replaces = true;
    } else if (args.is(i, ABSTTL)) {
      options.isAbsolute = true;
    } else if (args.is(i, IDLETIME) && hasNext && options.frequency === NONE) {
      const seconds = args.int64(++i);
      if (seconds === undefined || seconds < 0n) {
        reply.error(seconds === undefined ? ERR_NOT_INTEGER : ERR_IDLETIME);
        return undefined;
      }
      options.idleSeconds = seconds;
    } else if (args.is(i, FREQ) && hasNext && options.idleSeconds === NONE) {
      const counter = args.int64(++i);
      if (counter === undefined || counter < 0n || counter > MOST_FREQUENCY) {
        reply.error(counter === undefined ? ERR_NOT_INTEGER : ERR_FREQ);
        return undefined;
      }
      options.frequency = counter;
    } else {
      reply.error(ERR_SYNTAX);
      return undefined;
    }
  }
  return options;
}
