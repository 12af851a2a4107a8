import type { Random } from "../../base/random";
import { REDIS_VERSION } from "../../base/redis-version";
import { ERR_NOT_INTEGER } from "../../command/error-texts";
import type { CommandSpec } from "../../command/spec";
import type { SessionCall } from "../../session/session-call";

const COLUMNS = 60;
const ROWS = 9;
const MOST_COLUMNS = 200;
const MOST_ROWS = 100;
const VERSION = Buffer.from("version");

/**
 * LOLWUT: a drawing that is new each time, of quarter circles laid at random (Truchet's tiles, of
 * 1704), with the version below. `VERSION n` asks for the drawing of a version; there is one, and
 * it takes the numbers of columns and rows.
 */
export function lolwutCommands(random: Random): readonly CommandSpec<SessionCall>[] {
  return [
    {
      name: "lolwut",
      arity: -1,
      flags: ["readonly", "fast"],
      group: "server",
      since: "5.0.0",
      summary: "Draws something, and tells the version.",
      complexity: "",
      arguments: [{ name: "version", type: "integer", token: "VERSION", flags: ["optional"] }],
      handler: (call) => draw(call, random),
    },
  ];
}

function draw({ args, reply }: SessionCall, random: Random): void {
  const numbers: number[] = [];
  const hasVersion = args.count > 2 && args.is(1, VERSION);
  for (let i = hasVersion ? 2 : 1; hasVersion && i < args.count; i++) {
    const number = args.clampedInteger(i);
    if (Number.isNaN(number)) {
      reply.error(ERR_NOT_INTEGER);
      return;
    }
    numbers.push(number);
  }
  const columns = within(numbers[1] ?? COLUMNS, MOST_COLUMNS);
  const rows = within(numbers[2] ?? ROWS, MOST_ROWS);
  const tiles = truchet(random, columns, rows);
  reply.verbatim("txt", `${tiles}\nTruchet's tiles, 1704. Redis ver. ${REDIS_VERSION}\n`);
}

function within(number: number, most: number): number {
  return Math.max(1, Math.min(most, number));
}

/** Each tile is two characters wide and two lines high: two arcs that join opposite sides. */
function truchet(random: Random, columns: number, rows: number): string {
  const lines: string[] = [];
  for (let row = 0; row < rows; row++) {
    let upper = "";
    let lower = "";
    for (let column = 0; column < columns; column += 2) {
      const isRising = random.below(2) === 0;
      upper += isRising ? "╯╭" : "╰╮";
      lower += isRising ? "╭╯" : "╮╰";
    }
    lines.push(upper, lower);
  }
  return `${lines.join("\n")}\n`;
}
