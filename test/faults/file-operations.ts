// What a server does with whole files, for tests that let it fail or end in the middle of it.

import { RdbProblem } from "../../src/rdb/rdb-problem";
import { digestOf, loaded } from "../persistence/random-data";
import { untilSaved } from "../persistence/saved-server";
import type { RawClient } from "../support/raw-client";
import type { FaultRun } from "./fault-row";

const SLICE_CALLS = 4;
export const CONFIG_FILE = "redis.conf";

/** Something that a server does with a file. */
export interface FileOperation {
  readonly name: string;
  /** Of the file that is to be there, old or new, at every moment. */
  readonly file: string;
  /** The other names that it may use while it works. */
  temporary(pid: number, jobs: number): readonly string[];
  /** True when it has succeeded. */
  run(client: RawClient): Promise<boolean>;
  /** What the file tells: something that differs between old and new; undefined when it is broken. */
  read(bytes: Buffer): string | undefined;
}

function digestOfFile(bytes: Buffer): string | undefined {
  try {
    return digestOf(loaded(bytes, 1));
  } catch (error) {
    if (error instanceof RdbProblem) return undefined;
    throw error;
  }
}

const isOk = async (client: RawClient, ...words: string[]): Promise<boolean> =>
  (await client.call(...words)) === "OK";

export const FILE_OPERATIONS: readonly FileOperation[] = [
  {
    name: "SAVE",
    file: "dump.rdb",
    temporary: (pid) => [`temp-${pid}.rdb`],
    run: (client) => isOk(client, "SAVE"),
    read: digestOfFile,
  },
  {
    name: "BGSAVE",
    file: "dump.rdb",
    temporary: (pid, jobs) =>
      Array.from({ length: 3 * jobs + 10 }, (_, index) => `temp-${pid}-${index}.rdb`),
    run: async (client) => {
      const reply = await client.call("BGSAVE");
      if (reply !== "Background saving started") return false;
      return (await untilSaved(client)).get("rdb_last_bgsave_status") === "ok";
    },
    read: digestOfFile,
  },
  {
    name: "CONFIG REWRITE",
    file: CONFIG_FILE,
    temporary: () => [],
    run: (client) => isOk(client, "CONFIG", "REWRITE"),
    read: (bytes) => /^maxclients (\d+)$/m.exec(bytes.toString("latin1"))?.[1],
  },
];

/** An operation and a system call that is to be hit in it. */
export interface HitCall {
  readonly operation: FileOperation;
  readonly call: string;
}

/** Each call of each operation; of a slice only so many of them, by chance. */
export function hitCalls(calls: readonly string[], { random, share }: FaultRun): HitCall[] {
  const all = FILE_OPERATIONS.flatMap((operation) => calls.map((call) => ({ operation, call })));
  while (share < 1 && all.length > SLICE_CALLS) all.splice(random.below(all.length), 1);
  return all;
}
