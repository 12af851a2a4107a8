// Random units, messages, expiries and hand-overs in their middle, against a plain list of what was
// told to each of two sinks.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Arguments } from "../../../../src/command/arguments";
import {
  COMMAND_MAY_REPLICATE,
  COMMAND_PUBSUB,
  COMMAND_READONLY,
  COMMAND_WRITE,
  type Command,
} from "../../../../src/command/command";
import { EffectStream } from "../../../../src/keyspace/effects/effect-stream";
import { readEffects } from "../../../parity/effect-log";
import { RecordingSink } from "../../../support/recording-node";
import { encodeCommand } from "../../../support/resp-encode";
import { type SeededRandom, withSeed } from "../../../support/seeds";
import { KeyspaceFixture } from "../keyspace-fixture";

const DATABASES = 3;
const STEPS = 1500;
const INPUT_BYTES = 1 << 16;
const WRITE = commandOf(COMMAND_WRITE);
const READ = commandOf(COMMAND_READONLY);
const PUBLISH = commandOf(COMMAND_PUBSUB | COMMAND_MAY_REPLICATE);

/** What the stream asks a command. */
function commandOf(flags: number): Command<never> {
  const command = { flags, has: (bits: number) => (flags & bits) !== 0 };
  return command as unknown as Command<never>;
}

interface Told {
  readonly database: number;
  readonly words: readonly string[];
  readonly isMessage: boolean;
}

const frame = (word: string): Told => ({ database: -1, words: [word], isMessage: false });

/** A stream whose arguments are put where a test wants them. */
class StreamRig {
  readonly fixture = new KeyspaceFixture({ databases: DATABASES, poison: true });
  readonly input = new Uint8Array(INPUT_BYTES);
  readonly args = new Arguments(this.input, new Uint32Array(256));
  readonly stream = new EffectStream(this.args, this.fixture.keyspace);

  /** As a request that a client has sent. */
  place(words: readonly string[], at: number): void {
    this.input.set(encodeCommand(words.map((word) => Buffer.from(word, "latin1"))), at);
    let offset = at + `*${words.length}\r\n`.length;
    words.forEach((word, index) => {
      offset += `$${word.length}\r\n`.length;
      this.#point(index, offset, word.length);
      offset += word.length + 2;
    });
    this.args.set(0, words.length);
  }

  /** As words of a line, or of a request that was kept. */
  placeLoosely(words: readonly string[], at: number, gap: number): void {
    let offset = at;
    words.forEach((word, index) => {
      this.input.set(Buffer.from(word, "latin1"), offset);
      this.#point(index, offset, word.length);
      offset += word.length + gap;
    });
    this.args.set(0, words.length);
  }

  #point(index: number, offset: number, length: number): void {
    this.args.table[index * 2] = offset;
    this.args.table[index * 2 + 1] = length;
  }
}

class RandomRun {
  readonly #rig = new StreamRig();
  /** Everything, and without messages. */
  readonly #all = new RecordingSink(true);
  readonly #data = new RecordingSink(false);
  #unit: Told[] = [];
  #expected: Told[] = [];
  #given: Buffer[][] = [[], []];
  #key = 0;

  constructor(private readonly random: SeededRandom) {
    this.#rig.stream.addSink(this.#all);
    this.#rig.stream.addSink(this.#data);
  }

  run(): void {
    for (let step = 0; step < STEPS; step++) {
      if (this.random.chance(0.15)) this.#transaction();
      else this.#command(true);
      if (this.random.chance(0.1)) this.#evict();
      if (this.random.chance(0.1)) this.#expireBeside();
      if (this.random.chance(0.05)) this.#rig.stream.reselect();
      if (this.random.chance(0.02)) this.#check();
    }
    this.#check();
  }

  #transaction(): void {
    for (let left = this.random.below(5); left > 0; left--) this.#command(false);
    this.#command(true);
  }

  /** One command; `isOwn` ends the unit. */
  #command(isOwn: boolean): void {
    const { stream, fixture } = this.#rig;
    const database = fixture.keyspace.databases[this.random.below(DATABASES)];
    assert.ok(database !== undefined);
    const words = this.#words();
    if (this.random.chance(0.6)) this.#rig.place(words, this.random.below(5000));
    else this.#rig.placeLoosely(words, this.random.below(5000), this.random.below(4));
    if (this.random.chance(0.1)) this.#expire();
    const isMessage = false;
    switch (this.random.below(5)) {
      case 0:
        stream.ran(READ, database, isOwn);
        break;
      case 1:
        this.#unit.push({ database: database.index, words, isMessage: true });
        stream.ran(PUBLISH, database, isOwn);
        break;
      case 2:
        fixture.keyspace.stats.changes++;
        stream.none();
        stream.ran(WRITE, database, isOwn);
        break;
      case 3:
        for (let left = this.random.between(1, 3); left > 0; left--) {
          stream.begin(database, 3);
          stream.text("SAID");
          stream.integer(left);
          stream.argument(words.length - 1);
          const said = ["SAID", String(left), words.at(-1) ?? ""];
          this.#unit.push({ database: database.index, words: said, isMessage });
        }
        fixture.keyspace.stats.changes++;
        stream.ran(WRITE, database, isOwn);
        break;
      default:
        if (this.random.chance(0.7)) {
          fixture.keyspace.stats.changes += this.random.between(1, 3);
          this.#unit.push({ database: database.index, words, isMessage });
        }
        stream.ran(WRITE, database, isOwn);
    }
    if (isOwn) this.#endUnit(true);
    if (this.random.chance(0.05)) stream.drain();
  }

  #words(): string[] {
    return Array.from({ length: this.random.between(1, 4) }, () =>
      this.random.bytes(this.random.pick([1, 3, 9, 10, 120, 300])).toString("latin1"),
    );
  }

  /** A key that has expired is met by the command. */
  #expire(): void {
    const key = `key${this.#key++}`;
    const { fixture, stream } = this.#rig;
    stream.unlinksExpired = this.random.chance(0.5);
    stream.expired(fixture.database, fixture.set(key, "v"));
    const name = stream.unlinksExpired ? "UNLINK" : "DEL";
    this.#unit.push({ database: 0, words: [name, key], isMessage: false });
  }

  #expireBeside(): void {
    for (let left = this.random.between(1, 3); left > 0; left--) {
      this.#expire();
      this.#endUnit(false);
    }
    const bytes = Buffer.from("hf");
    this.#rig.stream.fieldExpired(this.#rig.fixture.database, bytes, 0, 1, bytes, 1, 1);
    this.#unit.push({ database: 0, words: ["HDEL", "h", "f"], isMessage: false });
    this.#endUnit(false);
    this.#rig.stream.settle();
  }

  #evict(): void {
    const { fixture, stream } = this.#rig;
    const key = `key${this.#key++}`;
    stream.evicted(fixture.database, fixture.set(key, "v"));
    this.#unit.push({ database: 0, words: ["DEL", key], isMessage: false });
    this.#endUnit(false);
  }

  #endUnit(isAtomic: boolean): void {
    const unit = this.#unit;
    this.#unit = [];
    const isFramed = isAtomic && unit.length > 1;
    this.#expected.push(...(isFramed ? [frame("MULTI"), ...unit, frame("EXEC")] : unit));
  }

  #check(): void {
    this.#rig.stream.settle();
    [this.#all, this.#data].forEach((sink, index) => {
      const bytes = sink.take();
      this.#given[index]?.push(bytes);
      const { effects } = readEffects(Buffer.concat(this.#given[index] ?? []));
      const wanted = this.#expected.filter(({ isMessage }) => index === 0 || !isMessage);
      assert.equal(effects.length, wanted.length, `sink ${index}`);
      effects.forEach((effect, at) => {
        const expected = wanted[at];
        assert.deepEqual(effect.words, expected?.words, `sink ${index}, request ${at}`);
        if (expected?.database !== -1) assert.equal(effect.database, expected?.database);
      });
    });
  }
}

test("each sink is given whole units in their order, with or without messages", () =>
  withSeed((random) => new RandomRun(random).run()));

test("a transaction behind a message keeps its MULTI for who takes no messages", () => {
  const { stream, fixture, place } = boundRig();
  const [all, data] = [new RecordingSink(true), new RecordingSink(false)];
  stream.addSink(all);
  stream.addSink(data);
  place(["PUBLISH", "channel", "text"], 0);
  stream.ran(PUBLISH, fixture.database, true);
  for (const isOwn of [false, true]) {
    place(["INCR", "k"], 0);
    fixture.keyspace.stats.changes++;
    stream.ran(WRITE, fixture.database, isOwn);
  }
  stream.settle();
  const names = (sink: RecordingSink): string[] =>
    readEffects(sink.take()).effects.map(({ words }) => words[0] ?? "");
  assert.deepEqual(names(all), ["PUBLISH", "MULTI", "INCR", "INCR", "EXEC"]);
  assert.deepEqual(names(data), ["MULTI", "INCR", "INCR", "EXEC"]);
});

test("words that only look like a request by what lies before them are written anew", () => {
  for (const before of ["*1\r\n$5\r\n", "*2\r\n$8\r\n", "*1\r\n$9\r\n", "*0\r\n$8\r\n"]) {
    const rig = new StreamRig();
    const sink = new RecordingSink();
    rig.stream.addSink(sink);
    // A value that ends like the head of a request, and behind it a line that is a command.
    rig.input.set(Buffer.from(`${before}FLUSHALL\r\n`), 100);
    rig.placeLoosely(["FLUSHALL"], 100 + before.length, 0);
    rig.fixture.keyspace.stats.changes++;
    rig.stream.ran(WRITE, rig.fixture.database, true);
    rig.stream.settle();
    const { effects } = readEffects(sink.take());
    assert.deepEqual(effects, [{ database: 0, words: ["FLUSHALL"] }], JSON.stringify(before));
  }
});

test("without a sink there is nothing to hand over, and a new one begins with its database", () => {
  const { stream, fixture, place } = boundRig();
  assert.equal(stream.isOn, false);
  const switched: boolean[] = [];
  stream.attach((isOn) => switched.push(isOn));
  const sink = new RecordingSink();
  fixture.keyspace.stats.changes += 5;
  stream.addSink(sink);
  place(["SET", "k", "v"], 0);
  stream.ran(WRITE, fixture.database, true);
  stream.settle();
  assert.equal(sink.take().length, 0, "changes from before it are not told");
  fixture.keyspace.stats.changes++;
  stream.ran(WRITE, fixture.database, true);
  stream.removeSink(sink);
  const set = encodeCommand(["SET", "k", "v"]);
  assert.deepEqual(sink.take(), Buffer.concat([encodeCommand(["SELECT", "0"]), set]));
  assert.deepEqual(switched, [true, false]);
});

function boundRig() {
  const rig = new StreamRig();
  const place = (words: readonly string[], at: number): void => rig.place(words, at);
  return { stream: rig.stream, fixture: rig.fixture, place };
}
