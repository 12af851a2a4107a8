import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type OldFile,
  type RecoveryPlan,
  RestoreProblem,
  recoveryPlan,
} from "../../../../src/server/restore/recovery-plan";
import { AofBytes } from "../../../persistence/aof-bytes";

const DEL = "*2\r\n$3\r\nDEL\r\n$1\r\na\r\n";
const MULTI = "*1\r\n$5\r\nMULTI\r\n";
const EXEC = "*1\r\n$4\r\nexec\r\n";
const at = (seconds: number): string => `#TS:${seconds}\r\n`;

function file(name: string, text: string, madeSeconds?: number, rdbBytes = 0): OldFile {
  return {
    file: { name, seq: 1, type: madeSeconds === undefined ? "i" : "b" },
    shownName: name,
    source: new AofBytes(Buffer.from("R".repeat(rdbBytes) + text)),
    commandsAt: rdbBytes,
    madeSeconds,
  };
}

function plan(files: readonly OldFile[], seconds: number): RecoveryPlan {
  const window = {
    bytes: new Uint8Array(4096),
    start: 0,
    end: 4096,
    table: new Uint32Array(64),
    tableAt: 0,
  };
  return recoveryPlan(files, window, seconds);
}

const taken = ({ parts }: RecoveryPlan): [string, number][] =>
  parts.map(({ file: { shownName }, bytes }) => [shownName, bytes]);

const BASE = file("base", "", 100, 9);
const FIRST = file("one", `${at(110)}${DEL}${DEL}${at(120)}${DEL}`);
const SECOND = file("two", `${at(130)}${DEL}${at(140)}${MULTI}${DEL}${DEL}${EXEC}`);

test("all is taken that was written up to the moment, and nothing from after it", () => {
  const files = [BASE, FIRST, SECOND];
  const whole = FIRST.source.sizeBytes;
  for (const [seconds, expected, last] of [
    [100, [["base", 9]], 100],
    [109, [["base", 9]], 100],
    [
      110,
      [
        ["base", 9],
        ["one", 9 + 2 * DEL.length],
      ],
      110,
    ],
    [
      129,
      [
        ["base", 9],
        ["one", whole],
      ],
      120,
    ],
    [
      139,
      [
        ["base", 9],
        ["one", whole],
        ["two", 9 + DEL.length],
      ],
      130,
    ],
    [
      140,
      [
        ["base", 9],
        ["one", whole],
        ["two", SECOND.source.sizeBytes],
      ],
      140,
    ],
    [
      9999,
      [
        ["base", 9],
        ["one", whole],
        ["two", SECOND.source.sizeBytes],
      ],
      140,
    ],
  ] as const) {
    const found = plan(files, seconds);
    assert.deepEqual(taken(found), expected, String(seconds));
    assert.equal(found.lastSeconds, last);
  }
});

test("a moment before the base, or before everything, cannot be restored", () => {
  assert.throws(
    () => plan([BASE, FIRST], 99),
    /base holds the data set as it was at 1970.*\(100\)/,
  );
  assert.throws(() => plan([FIRST], 99), /nothing from before that moment/);
});

test("commands without a timestamp are not guessed at", () => {
  const unstamped = file("none", DEL);
  assert.throws(() => plan([BASE, unstamped], 200), /1 commands after .* have no timestamps/);
  const late = file("late", `${DEL}${DEL}${at(130)}${DEL}`);
  assert.throws(() => plan([BASE, late], 120), /2 commands .* cannot be told/);
  // A later stamp tells that they were in time.
  assert.deepEqual(taken(plan([BASE, late], 130)), [
    ["base", 9],
    ["late", late.source.sizeBytes],
  ]);
});

test("the end of the last file may be missing, that of no other, and nothing may be broken", () => {
  const cut = file("cut", `${at(110)}${DEL}${MULTI}${DEL}`);
  const found = plan([BASE, cut], 200);
  assert.deepEqual(taken(found), [
    ["base", 9],
    ["cut", 9 + DEL.length],
  ]);
  assert.equal(found.commands, 1);
  assert.throws(() => plan([BASE, cut, SECOND], 200), /cut ends amid what begins at byte 29/);
  const broken = file("broken", `${at(110)}${DEL}PING\r\n`);
  assert.throws(() => plan([BASE, broken], 200), RestoreProblem);
});
