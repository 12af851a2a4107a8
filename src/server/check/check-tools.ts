import { readSync, writeSync } from "node:fs";
import { SystemClock } from "../../base/clock";
import { Random } from "../../base/random";
import { Config } from "../../config/config";
import { ProcessHost } from "../../config/config-host";
import { AccessClock } from "../../keyspace/access-clock";
import { Keyspace } from "../../keyspace/keyspace";
import { KeyspaceListener } from "../../keyspace/keyspace-listener";
import { LazyFree } from "../../keyspace/lazy-free";
import { Arena } from "../../memory/arena";
import { loadAddon } from "../../native/addon";
import { byteCodecs } from "../../native/byte-codecs";
import type { AofWindow } from "../../persistence/aof/aof-reader";
import { valueLoaders } from "../value-codecs";
import { valueTypes } from "../value-types";
import { RdbCheck } from "./rdb-check";

/** What the programs that check files have in common; nothing of a server is there but its values. */
export interface CheckTools {
  readonly print: (line: string) => void;
  /** Asks on the terminal; only `y` is a yes, as for Redis's programs. */
  readonly confirm: (question: string) => boolean;
  readonly newRdbCheck: () => RdbCheck;
  /** Room for the longest command of a file, of which no page is taken before it is needed. */
  readonly newWindow: () => AofWindow;
}

/** Longer than any command that a server takes. */
const WINDOW_BYTES = 0xff00_0000;
const TABLE_WORDS = 0x0800_0000;
const STANDARD_INPUT = 0;
const STANDARD_OUTPUT = 1;
const LETTER_Y = 0x79;

export function checkTools(): CheckTools {
  const print = (line: string): void => write(`${line}\n`);
  return { print, confirm, newRdbCheck: () => newRdbCheck(print), newWindow };
}

/** A check with an empty memory of its own. */
export function newRdbCheck(print: (line: string) => void): RdbCheck {
  const random = new Random(1);
  const memory = new Arena({ poison: false });
  const clock = new SystemClock();
  const config = new Config(new ProcessHost());
  const keyspace = new Keyspace({
    memory,
    random,
    hashKey: [0, 0],
    databases: 1,
    types: valueTypes,
    events: new KeyspaceListener(),
    access: new AccessClock(random),
    lazyFree: new LazyFree(memory, () => clock.monotonicMs()),
  });
  const loaders = valueLoaders(keyspace, config, { added: () => undefined });
  return new RdbCheck({ keyspace, loaders, codecs: byteCodecs(loadAddon().addon), print });
}

export function newWindow(): AofWindow {
  const bytes = new Uint8Array(WINDOW_BYTES);
  return {
    bytes,
    start: 0,
    end: WINDOW_BYTES,
    table: new Uint32Array(TABLE_WORDS),
    tableAt: 0,
  };
}

function confirm(question: string): boolean {
  write(question);
  const answer = Buffer.alloc(2);
  try {
    const got = readSync(STANDARD_INPUT, answer, 0, answer.length, null);
    return got > 0 && (answer[0] | 0x20) === LETTER_Y;
  } catch {
    return false;
  }
}

/** All of it before the program goes on: it may be cutting files. */
function write(text: string): void {
  const bytes = Buffer.from(text, "latin1");
  for (let at = 0; at < bytes.length; ) at += writeSync(STANDARD_OUTPUT, bytes, at);
}
