// Copies from broken and hostile masters that our replica loads while they come: refused with a line
// in the log. Data beside which they came stay; where there were none, there are none afterwards.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import type { Socket } from "node:net";
import { suite, test } from "node:test";
import { ServerProcess } from "../support/server-process";
import { waitFor } from "../support/wait-for";
import { FakeMaster, plainFile } from "./fake-master";
import { linkIsUp } from "./pair";

const ID = "a".repeat(40);
const MARK = "0123456789".repeat(4);
const FILE = plainFile([
  ["one", "1"],
  ["two", MARK],
]);
const HEAD = Buffer.from([...Buffer.from("REDIS0010"), 0xfe, 0]);
const SAME_KEY = Buffer.from([0, 1, 0x6b, 1, 0x76]);

function header(sizeBytes: number | undefined): Buffer {
  const end = sizeBytes === undefined ? `$EOF:${MARK}` : `$${sizeBytes}`;
  return Buffer.from(`+FULLRESYNC ${ID} 7\r\n${end}\r\n`);
}

/** A key whose value says that it is as long as eight bytes can say. */
const HUGE = Buffer.concat([
  HEAD,
  Buffer.from([0, 1, 0x6b, 0x81, 0, 15, 255, 255, 255, 255, 255, 255]),
]);
const LONG = Buffer.concat([HEAD, Buffer.from([0, 1, 0x6b, 0x80, 255, 255, 255, 255])]);

interface Hostile {
  readonly name: string;
  readonly send: (socket: Socket) => void;
  readonly log: RegExp;
}

const sends = (...parts: readonly Buffer[]) => {
  return (socket: Socket): void => {
    for (const part of parts) socket.write(part);
  };
};
const ends = (...parts: readonly Buffer[]) => {
  return (socket: Socket): void => {
    socket.end(Buffer.concat(parts));
  };
};

const HOSTILE: readonly Hostile[] = [
  {
    name: "a copy that is cut",
    send: ends(header(FILE.length), FILE.subarray(0, 20)),
    log: /DB from socket: connection lost, after 20 bytes/,
  },
  {
    name: "a copy with a mark that is cut in front of it",
    send: ends(header(undefined), FILE),
    log: /DB from socket: connection lost/,
  },
  {
    name: "nothing behind the header",
    send: sends(header(FILE.length)),
    log: /DB from socket: Connection timed out/,
  },
  {
    name: "a master that falls silent",
    send: sends(header(undefined), FILE.subarray(0, 20)),
    log: /DB from socket: Connection timed out/,
  },
  {
    name: "what is no RDB",
    send: sends(header(undefined), Buffer.alloc(1000, "A")),
    log: /broken at byte 9: Wrong signature/,
  },
  {
    name: "garbage behind a good beginning",
    send: sends(header(undefined), HEAD, Buffer.alloc(1000, 200)),
    log: /broken at byte \d+: no string is encoded as 8/,
  },
  {
    name: "a string of 2^60 bytes",
    send: sends(header(undefined), HUGE),
    log: /broken at byte \d+: unexpected end of data/,
  },
  {
    name: "a string that is longer than the copy",
    send: sends(header(1000), LONG),
    log: /broken at byte \d+: unexpected end of data/,
  },
  {
    name: "4 GB that are promised twice and do not come",
    send: ends(header(1_000_000_000_000), LONG),
    log: /DB from socket: connection lost/,
  },
  {
    name: "the same key for ever",
    send: (socket) => {
      socket.write(header(undefined));
      socket.write(HEAD);
      const timer = setInterval(() => socket.write(SAME_KEY), 1);
      socket.on("close", () => clearInterval(timer));
    },
    log: /RDB has duplicated key 'k' in DB 0/,
  },
  {
    name: "another mark",
    send: sends(header(undefined), FILE, Buffer.alloc(40, "x")),
    log: /EOF marker is broken/,
  },
  {
    name: "bytes behind the end",
    send: sends(header(FILE.length + 5), FILE, Buffer.from("12345")),
    log: /there are 5 bytes behind its end/,
  },
  {
    name: "a wrong checksum",
    send: sends(header(FILE.length), FILE.subarray(0, -8), Buffer.from("12345678")),
    log: /Wrong RDB checksum/,
  },
];

for (const load of ["swapdb", "on-empty-db"]) {
  suite(`repl-diskless-load ${load}`, { concurrency: 4 }, () => {
    // Both go the same way but for what is left, so that a few are enough for the second.
    const all = load === "swapdb" ? HOSTILE : HOSTILE.filter((_, index) => index % 4 === 0);
    for (const { name, send, log } of all) {
      test(`${name} is refused`, async (t) => {
        const master = await FakeMaster.start(t, send);
        const config = { save: "", "repl-diskless-load": load, "repl-timeout": 1 };
        const replica = await ServerProcess.start({ config }, t);
        const client = await replica.client();
        const hasData = load === "swapdb";
        if (hasData) await client.call("SET", "kept", "1");
        await client.call("REPLICAOF", "127.0.0.1", String(master.port));
        await waitFor("it to be refused", () => log.test(replica.logs()));
        await waitFor("it to ask again", () => master.attempts >= 2);
        // A good copy, whose data hold the mark, is taken afterwards.
        master.answer = (socket) => socket.write("-NOMASTERLINK wait\r\n");
        master.last?.destroy();
        await waitFor("what there was before", async () => {
          if (hasData) return (await client.call("GET", "kept")) === "1";
          return (await client.call("DBSIZE")) === 0;
        });
        master.answer = sends(header(undefined), FILE, Buffer.from(MARK));
        await linkIsUp(client);
        assert.deepEqual(await client.call("MGET", "one", "two", "kept"), ["1", MARK, null]);
        const stray = readdirSync(replica.dir).filter((file) => file.startsWith("temp"));
        assert.deepEqual(stray, []);
        await client.close();
      });
    }
  });
}
