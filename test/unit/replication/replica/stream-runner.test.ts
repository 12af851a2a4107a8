import assert from "node:assert/strict";
import { test } from "node:test";
import { Pipeline } from "../../../../src/command/pipeline";
import { keyspaceCommands } from "../../../../src/keyspace/commands/keyspace-commands";
import { selectCommands } from "../../../../src/keyspace/commands/select";
import { encodeRequest } from "../../../../src/protocol/encode-request";
import { Backlog } from "../../../../src/replication/backlog";
import { StreamRunner } from "../../../../src/replication/replica/stream-runner";
import { stringCommands } from "../../../../src/types/string/string-commands";
import { StringLimits } from "../../../../src/types/string/string-limits";
import { stringType } from "../../../../src/types/string/string-value";
import { CommandEngine } from "../../../support/command-engine";
import { type SeededRandom, withSeed } from "../../../support/seeds";

const START = 1000;

class Follower {
  readonly engine = new CommandEngine({
    commands: [
      ...selectCommands,
      ...keyspaceCommands,
      ...stringCommands(new StringLimits(1 << 20)),
    ],
    types: [stringType],
  });
  readonly backlog = new Backlog(1 << 20);
  readonly warnings: string[] = [];
  readonly acks: number[] = [];
  readonly shown: string[] = [];
  readonly runner: StreamRunner;
  batches = 0;

  constructor() {
    const { engine, backlog } = this;
    backlog.open(START);
    this.runner = new StreamRunner({
      call: engine.call,
      pipeline: new Pipeline(engine.table, [], {
        monotonicUs: () => 0,
        onRun: () => undefined,
        onError: () => undefined,
        onCrash: (_call, error) => {
          throw error;
        },
      }),
      backlog,
      log: { warning: (text) => this.warnings.push(text) },
      monitors: {
        count: 1,
        feed: (call, source) => {
          const words = Array.from({ length: call.args.count }, (_, i) => call.args.text(i));
          this.shown.push(`${call.client.db} ${source} ${words.join(" ")}`);
        },
      },
      warm: () => undefined,
      begin: () => engine.keyspace.nowMs,
      ended: () => {
        this.batches += 1;
      },
      acknowledge: () => this.acks.push(backlog.offset),
    });
  }

  get(key: string, db = 0): string {
    const { client } = this.engine.call;
    client.db = db;
    const reply = this.engine.run("GET", key).toString("latin1");
    client.db = 0;
    return reply;
  }

  get applied(): number {
    return this.backlog.offset - START;
  }
}

interface Piece {
  readonly bytes: Buffer;
  /** Nothing of it counts before all of it is there. */
  readonly size: number;
}

function pieceOf(...requests: string[][]): Piece {
  const bytes = Buffer.concat(requests.map((words) => encodeRequest(words)));
  return { bytes, size: bytes.length };
}

function randomPiece(random: SeededRandom): Piece {
  const one = (): string[] => {
    const key = `k${random.below(5)}`;
    return random.pick([
      ["SET", key, "x".repeat(random.below(300))],
      ["APPEND", key, `${random.below(1000)}`],
      ["DEL", key],
      ["SELECT", `${random.below(3)}`],
      ["PING"],
    ]);
  };
  if (random.chance(0.7)) return pieceOf(one());
  const inside = Array.from({ length: random.below(6) }, one).filter(([name]) => name !== "PING");
  return pieceOf(["MULTI"], ...inside, ["EXEC"]);
}

test("wherever the stream is cut, whole commands and transactions count and nothing else", async () => {
  await withSeed((random) => {
    for (let round = 0; round < 30; round++) {
      const pieces = Array.from({ length: 60 }, () => randomPiece(random));
      const stream = Buffer.concat(pieces.map(({ bytes }) => bytes));
      const whole = new Follower();
      assert.ok(whole.runner.take(stream));
      assert.equal(whole.applied, stream.length);
      const cut = new Follower();
      for (let at = 0; at < stream.length; ) {
        const end = Math.min(at + 1 + random.below(random.pick([3, 40, 2000])), stream.length);
        assert.ok(cut.runner.take(stream.subarray(at, end)));
        assert.equal(cut.applied, boundaryBefore(pieces, end));
        assert.equal(cut.runner.unreadBytes, end - cut.applied);
        at = end;
        if (random.chance(0.05)) {
          // The link breaks: it is resumed behind what has been applied, in the same database.
          cut.runner.reset();
          at = cut.applied;
        }
      }
      for (let db = 0; db < 3; db++) {
        for (let i = 0; i < 5; i++) assert.equal(cut.get(`k${i}`, db), whole.get(`k${i}`, db));
      }
      const reader = cut.backlog.reader(START + 1);
      const kept: Buffer[] = [];
      while (reader.peek(stream.length)) {
        kept.push(Buffer.from(reader.bytes.subarray(reader.at, reader.at + reader.length)));
        reader.advance(reader.length);
      }
      assert.ok(Buffer.concat(kept).equals(stream));
    }
  });
});

test("what is run is shown to those who watch, in its order", () => {
  const follower = new Follower();
  const requests = [["SELECT", "1"], ["MULTI"], ["SET", "a", "1"], ["EXEC"], ["DEL", "a"]];
  const stream = Buffer.concat(requests.map((words) => encodeRequest(words)));
  for (const byte of stream) assert.ok(follower.runner.take(Buffer.from([byte])));
  assert.deepEqual(
    follower.shown,
    requests.map((words) => `1  ${words.join(" ")}`),
  );
});

function boundaryBefore(pieces: readonly Piece[], end: number): number {
  let at = 0;
  for (const { size } of pieces) {
    if (at + size > end) break;
    at += size;
  }
  return at;
}

test("GETACK is answered with the offset behind itself", () => {
  const { runner, acks, backlog } = new Follower();
  const set = encodeRequest(["SET", "a", "1"]);
  const getAck = encodeRequest(["REPLCONF", "GETACK", "*"]);
  assert.ok(runner.take(Buffer.concat([set, getAck, getAck, set])));
  const first = START + set.length + getAck.length;
  assert.deepEqual(acks, [first, first + getAck.length]);
  assert.equal(backlog.offset, first + getAck.length + set.length);
});

test("what fails is told and counts all the same", () => {
  const { runner, warnings, applied } = new Follower();
  assert.equal(applied, 0);
  const bad = Buffer.concat([encodeRequest(["SET", "a", "x"]), encodeRequest(["INCR", "a"])]);
  assert.ok(runner.take(Buffer.concat([bad, encodeRequest(["NOSUCH", "a"])])));
  assert.equal(warnings.length, 2);
  assert.match(
    warnings[0],
    /^== CRITICAL == This replica is sending an error to its master: 'ERR value is not an integer/,
  );
  assert.match(warnings[1], /unknown command/);
});

test("what is no stream of requests is refused, and what came before it counts", () => {
  const set = encodeRequest(["SET", "a", "1"]);
  for (const bad of [
    "*-x\r\n",
    "hello there\r\n",
    "*1\r\n:5\r\n",
    "*1\r\n$-4\r\n",
    "*1\r\n$99999999999\r\n",
  ]) {
    const follower = new Follower();
    assert.equal(follower.runner.take(Buffer.concat([set, Buffer.from(bad)])), false, bad);
    assert.equal(follower.applied, set.length, bad);
    assert.equal(follower.get("a"), "$1\r\n1\r\n");
  }
});

test("keys whose time has come are there for the master's commands", () => {
  const { runner, engine, ...rest } = new Follower();
  assert.deepEqual(rest.warnings, []);
  engine.keyspace.expiresKeys = false;
  const past = String(engine.keyspace.nowMs - 1000);
  runner.take(encodeRequest(["SET", "a", "1", "PXAT", past]));
  runner.take(encodeRequest(["APPEND", "a", "2"]));
  assert.equal(engine.run("GET", "a").toString(), "$-1\r\n");
  runner.take(encodeRequest(["PERSIST", "a"]));
  assert.equal(engine.run("GET", "a").toString(), "$2\r\n12\r\n");
});
