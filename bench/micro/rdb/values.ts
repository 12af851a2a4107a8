// Values of every type as bytes of a file and back: what DUMP writes and RESTORE reads of one key,
// checksum included, by the addon where there is one. The memory of what was read is freed within
// the measured time.

import { Config } from "../../../src/config/config";
import { loadAddon } from "../../../src/native/addon";
import { byteCodecs } from "../../../src/native/byte-codecs";
import { DumpPayload } from "../../../src/persistence/rdb/dump-payload";
import { valueLoaders, valueSavers } from "../../../src/server/value-codecs";
import { valueTypes } from "../../../src/server/value-types";
import { hashCommands } from "../../../src/types/hash/hash-commands";
import { HashLimits } from "../../../src/types/hash/hash-limits";
import { listCommands } from "../../../src/types/list/list-commands";
import { ListLimits } from "../../../src/types/list/list-limits";
import { setCommands } from "../../../src/types/set/set-commands";
import { SetLimits } from "../../../src/types/set/set-limits";
import { streamCommands } from "../../../src/types/stream/stream-commands";
import { StreamLimits } from "../../../src/types/stream/stream-limits";
import { stringCommands } from "../../../src/types/string/string-commands";
import { StringLimits } from "../../../src/types/string/string-limits";
import { zsetCommands } from "../../../src/types/zset/zset-commands";
import { ZsetLimits } from "../../../src/types/zset/zset-limits";
import { CommandEngine } from "../../../test/support/command-engine";
import type { Mitata } from "../mitata";

const KEY = Buffer.from("key");

/** What it is called, and the command that adds element `i`. */
type Form = readonly [name: string, count: number, command: (i: number) => readonly string[]];

const word = (i: number): string => `element:${String(i).padStart(6, "0")}`;

const FORMS: readonly Form[] = [
  ["string of 32 bytes", 1, () => ["SET", "key", "v".repeat(32)]],
  ["string of 1 KiB", 1, () => ["SET", "key", word(1).repeat(73)]],
  ["list of 100", 100, (i) => ["RPUSH", "key", word(i)]],
  ["list of 10 k", 10_000, (i) => ["RPUSH", "key", word(i)]],
  ["intset of 100", 100, (i) => ["SADD", "key", String(i * 1000)]],
  ["set of 100", 100, (i) => ["SADD", "key", word(i)]],
  ["set of 10 k", 10_000, (i) => ["SADD", "key", word(i)]],
  ["sorted set of 100", 100, (i) => ["ZADD", "key", String(i / 2), word(i)]],
  ["sorted set of 10 k", 10_000, (i) => ["ZADD", "key", String(i / 2), word(i)]],
  ["hash of 10", 10, (i) => ["HSET", "key", word(i), `value ${i}`]],
  ["hash of 10 k", 10_000, (i) => ["HSET", "key", word(i), `value ${i}`]],
  ["stream of 1 k", 1000, (i) => ["XADD", "key", `${i}-1`, "field", word(i)]],
];

export function benchValues({ bench, group, do_not_optimize }: Mitata): void {
  for (const [name, count, command] of FORMS) {
    group(`RDB, ${name}`, () => {
      const one = new BenchValue(count, command);
      bench(`rdb encode ${name} (${one.bytes} B)`, () => do_not_optimize(one.encode()));
      bench(`rdb decode ${name} (${one.bytes} B)`, () => do_not_optimize(one.decode()));
    });
  }
}

class BenchValue {
  readonly bytes: number;
  readonly #engine: CommandEngine;
  readonly #payload: DumpPayload;
  readonly #entry: number;
  readonly #encoded: Uint8Array;

  constructor(count: number, command: (i: number) => readonly string[]) {
    const engine = engineWithAllTypes();
    for (let i = 0; i < count; i++) engine.run(...command(i));
    const { memory, keyspace } = engine;
    const config = new Config({ currentDirectory: () => "/", changeDirectory: () => undefined });
    const loaders = valueLoaders(keyspace, config, { added: () => undefined });
    const codecs = byteCodecs(loadAddon().addon);
    this.#engine = engine;
    this.#payload = new DumpPayload(memory, valueSavers(memory), loaders, codecs);
    const hash = keyspace.hashOf(KEY, 0, KEY.length);
    this.#entry = keyspace.databases[0]?.find(hash, KEY, 0, KEY.length) ?? 0;
    const { bytes, length } = this.#payload.write(this.#entry);
    this.#encoded = bytes.slice(0, length);
    this.bytes = length;
  }

  encode(): number {
    return this.#payload.write(this.#entry).length;
  }

  decode(): number {
    const { keyspace } = this.#engine;
    const [database] = keyspace.databases;
    const payload = this.#payload;
    if (database === undefined || !payload.open(this.#encoded, 0, this.#encoded.length)) return 0;
    const entry = payload.read(database, 1, KEY, 0, KEY.length, false);
    keyspace.dispose(entry);
    while (keyspace.lazyFree.hasWork) keyspace.lazyFree.work(1);
    return entry;
  }
}

function engineWithAllTypes(): CommandEngine {
  const hashes = new HashLimits();
  const zsets = new ZsetLimits();
  return new CommandEngine({
    commands: [
      ...stringCommands(new StringLimits(1 << 20)),
      ...listCommands(new ListLimits()),
      ...setCommands(new SetLimits()),
      ...zsetCommands(zsets),
      ...hashCommands(hashes, { note: () => undefined }),
      ...streamCommands(new StreamLimits()),
    ],
    types: valueTypes,
  });
}
