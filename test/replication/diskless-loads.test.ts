// Copies that our replica loads while they come. The same is asked of redis-server, and both have to
// say the same: what is served meanwhile, what is refused, and what is left when a copy breaks off.

import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { suite, type TestContext, test } from "node:test";
import { RawClient } from "../support/raw-client";
import { OUR_SERVER, REAL_SERVER, ServerProcess } from "../support/server-process";
import { waitFor } from "../support/wait-for";
import { FakeMaster, plainFile } from "./fake-master";
import { field, linkIsUp } from "./pair";

const A = "a".repeat(40);
const B = "b".repeat(40);
const MARK = "m".repeat(40);
const PROGRAMS = [OUR_SERVER, REAL_SERVER];
const DRIBBLE_BYTES = 400;
const DRIBBLE_MS = 3;
const OLD = plainFile(Array.from({ length: 10 }, (_, i) => [`old${i}`, "v"]));
const NEW = plainFile(Array.from({ length: 3000 }, (_, i) => [`new${i}`, "x".repeat(40)]));
const EMPTY = plainFile([]);

const ASKED = [
  ["GET", "old1"],
  ["GET", "new1"],
  ["DBSIZE"],
  ["KEYS", "*1"],
  ["SET", "a", "b"],
  ["FLUSHALL"],
  ["PING"],
  ["SAVE"],
  ["BGSAVE"],
  ["BGREWRITEAOF"],
  ["REPLICAOF", "NO", "ONE"],
  ["PSYNC", "?", "-1"],
  ["CONFIG", "SET", "repl-diskless-load", "disabled"],
  ["CONFIG", "SET", "appendonly", "yes"],
  ["CONFIG", "SET", "hz", "11"],
  ["DEBUG", "DIGEST"],
];
const FIELDS = [
  ["persistence", "loading"],
  ["persistence", "async_loading"],
  ["persistence", "loading_total_bytes"],
  ["replication", "role"],
  ["replication", "master_link_status"],
  ["replication", "master_sync_in_progress"],
  ["replication", "master_sync_total_bytes"],
  ["replication", "master_replid"],
  ["replication", "repl_backlog_active"],
];

class Follower {
  private constructor(
    readonly server: ServerProcess,
    readonly master: FakeMaster,
    readonly client: RawClient,
  ) {}

  /** Has the old data, as a replica of history `A`, unless it is to be empty. */
  static async start(
    t: TestContext,
    program: string,
    load: string,
    config = {},
    first = OLD,
  ): Promise<Follower> {
    const master = await FakeMaster.start(t, (socket) => sendWhole(socket, A, first));
    const all = {
      save: "",
      "enable-debug-command": "yes",
      "repl-diskless-load": load,
      "loading-process-events-interval-bytes": 1024,
      ...config,
    };
    const server = await ServerProcess.start({ program, config: all }, t);
    const client = await server.client();
    t.after(() => client.close());
    await client.call("REPLICAOF", "127.0.0.1", String(master.port));
    await linkIsUp(client);
    return new Follower(server, master, client);
  }

  /** The link is cut, and the next request for data is answered so. */
  async next(answer: (socket: Socket) => void): Promise<void> {
    const { attempts } = this.master;
    this.master.answer = answer;
    this.master.last?.destroy();
    await waitFor("a request", () => this.master.attempts > attempts);
  }

  async fields(): Promise<string[]> {
    const found: string[] = [];
    for (const [section, name] of FIELDS) {
      found.push(`${name}:${await field(this.client, section, name)}`);
    }
    return found;
  }

  isLoading(): Promise<boolean> {
    return field(this.client, "persistence", "loading_loaded_bytes").then((text) => text > "0");
  }

  /** A copy is over, and it was not taken. */
  async isBack(): Promise<void> {
    await waitFor("the end of loading", async () => {
      const names = ["loading", "async_loading"];
      const values = await Promise.all(
        names.map((name) => field(this.client, "persistence", name)),
      );
      return values.every((value) => value === "0");
    });
  }
}

function sendWhole(socket: Socket, id: string, file: Buffer): void {
  socket.write(`+FULLRESYNC ${id} 1000\r\n$${file.length}\r\n`);
  socket.write(file);
}

/** Sends a file a little at a time, until `finish` sends the rest of it, or other bytes. */
class Dribble {
  #at = 0;
  readonly #timer: NodeJS.Timeout;

  constructor(
    readonly socket: Socket,
    id: string,
    readonly file: Buffer,
    header: string,
  ) {
    socket.write(`+FULLRESYNC ${id} 2000\r\n${header}\r\n`);
    this.#timer = setInterval(() => {
      // The last piece is kept back.
      if (this.#at + 2 * DRIBBLE_BYTES > file.length) return;
      socket.write(file.subarray(this.#at, this.#at + DRIBBLE_BYTES));
      this.#at += DRIBBLE_BYTES;
    }, DRIBBLE_MS);
  }

  finish(rest: Buffer | undefined): void {
    clearInterval(this.#timer);
    if (rest === undefined) this.socket.resetAndDestroy();
    else this.socket.write(rest);
  }

  get rest(): Buffer {
    return this.file.subarray(this.#at);
  }
}

type End = "cut" | "whole" | "other mark" | "garbage";

/** What a program says while a copy comes, and what it is when that has ended in some way. */
async function transcript(
  follower: Follower,
  id: string,
  hasMark: boolean,
  end: End,
): Promise<{ meanwhile: string[]; digest: unknown }> {
  const header = hasMark ? `$EOF:${MARK}` : `$${NEW.length}`;
  let dribble: Dribble | undefined;
  await follower.next((socket) => {
    dribble = new Dribble(socket, id, NEW, header);
  });
  await waitFor("some of the copy", () => follower.isLoading());
  const meanwhile: string[] = [];
  for (const words of ASKED) {
    const client = await RawClient.connect({ port: follower.server.port });
    meanwhile.push(`${words.join(" ")}: ${(await client.command(...words)).toString("latin1")}`);
    await client.close();
  }
  meanwhile.push(...(await follower.fields()));
  const { rest = EMPTY } = dribble ?? {};
  const mark = Buffer.from(end === "other mark" ? "n".repeat(40) : MARK);
  follower.master.answer = (socket) => socket.write("-NOMASTERLINK wait\r\n");
  if (end === "cut") dribble?.finish(undefined);
  else if (end === "garbage") dribble?.finish(Buffer.alloc(NEW.length, "z"));
  else dribble?.finish(hasMark ? Buffer.concat([rest, mark]) : rest);
  await follower.isBack();
  if (end === "whole") await linkIsUp(follower.client);
  return { meanwhile, digest: await follower.client.call("DEBUG", "DIGEST") };
}

const CASES = [
  ["swapdb", A, false, "cut"],
  ["swapdb", A, true, "other mark"],
  ["swapdb", A, true, "garbage"],
  ["swapdb", A, true, "whole"],
  ["swapdb", B, true, "cut"],
  ["swapdb", B, false, "garbage"],
  ["swapdb", B, false, "whole"],
] as const;

suite("copies loaded while they come", { concurrency: 4 }, () => {
  for (const [load, id, hasMark, end] of CASES) {
    const history = id === A ? "the same history" : "another history";
    const form = hasMark ? "with a mark" : "of a known size";
    test(`${load}: a copy ${form} of ${history}, ${end}`, async (t) => {
      const [ours, real] = await Promise.all(
        PROGRAMS.map(async (program) => {
          const follower = await Follower.start(t, program, load);
          return await transcript(follower, id, hasMark, end);
        }),
      );
      assert.deepEqual(ours, real);
    });
  }

  for (const end of ["cut", "garbage", "other mark", "whole"] as const) {
    test(`on-empty-db: a copy into nothing, ${end}`, async (t) => {
      const [ours, real] = await Promise.all(
        PROGRAMS.map(async (program) => {
          const follower = await Follower.start(t, program, "on-empty-db", {}, EMPTY);
          const { meanwhile, digest } = await transcript(follower, B, end === "other mark", end);
          // How much has come is chance; and the old id stands for no data any more, so it is gone.
          const sure = meanwhile.filter((line) => !/^DEBUG DIGEST|^master_replid/.test(line));
          return { sure, digest };
        }),
      );
      assert.deepEqual(ours, real);
    });
  }
});

test("the stream that comes right behind a copy is run, in whatever pieces both come", async (t) => {
  const stream = Buffer.from("*3\r\n$3\r\nSET\r\n$6\r\nbehind\r\n$1\r\n1\r\n");
  const all = Buffer.concat([OLD, stream]);
  const master = await FakeMaster.start(t, (socket) => socket.destroy());
  for (const load of ["disabled", "on-empty-db", "swapdb"]) {
    for (const first of [0, OLD.length - 1, OLD.length, OLD.length + 5, all.length]) {
      master.answer = (socket) => {
        socket.write(`+FULLRESYNC ${A} 1000\r\n$${OLD.length}\r\n`);
        socket.write(all.subarray(0, first));
        setImmediate(() => socket.write(all.subarray(first)));
      };
      const config = { save: "", "repl-diskless-load": load };
      const server = await ServerProcess.start({ config }, t);
      const client = await server.client();
      await client.call("REPLICAOF", "127.0.0.1", String(master.port));
      await waitFor("the key", async () => (await client.call("EXISTS", "behind")) === 1);
      const offset = await field(client, "replication", "master_repl_offset");
      assert.equal(offset, String(1000 + stream.length));
      await client.close();
      await server.stop();
    }
  }
});
