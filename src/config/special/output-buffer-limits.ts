/**
 * The directive `client-output-buffer-limit`: how much may wait for a client of each class.
 *
 * Each group of four arguments sets one class and leaves the others alone, in a file as in
 * CONFIG SET. Redis shows the class of replicas by its old name and writes it by the new one.
 */
import { parseMemorySize } from "../../base/memory-size";
import { type Directive, type ParseContext, type Parsed, SEVERAL_ARGUMENTS } from "../directive";
import { showSize } from "../kinds/integer";
import { lenientInteger } from "./lenient-integer";

/** Zero switches a limit off. */
export interface OutputBufferLimit {
  readonly hardBytes: number;
  readonly softBytes: number;
  /** How long the soft limit may be passed. */
  readonly softSeconds: number;
}

export interface OutputBufferLimits {
  readonly normal: OutputBufferLimit;
  readonly replica: OutputBufferLimit;
  readonly pubsub: OutputBufferLimit;
}

type ClientClass = keyof OutputBufferLimits;

const CLASSES: readonly ClientClass[] = ["normal", "replica", "pubsub"];
const CLASS_BY_WORD: ReadonlyMap<string, ClientClass> = new Map([
  ["normal", "normal"],
  ["slave", "replica"],
  ["replica", "replica"],
  ["pubsub", "pubsub"],
]);
const GROUP = 4;
const MIB = 1024 * 1024;

const STANDARD: OutputBufferLimits = {
  normal: { hardBytes: 0, softBytes: 0, softSeconds: 0 },
  replica: { hardBytes: 256 * MIB, softBytes: 64 * MIB, softSeconds: 60 },
  pubsub: { hardBytes: 32 * MIB, softBytes: 8 * MIB, softSeconds: 60 },
};

export const outputBufferLimitsDirective: Directive<
  "client-output-buffer-limit",
  OutputBufferLimits
> = {
  name: "client-output-buffer-limit",
  alias: undefined,
  attributes: SEVERAL_ARGUMENTS,
  standard: STANDARD,
  parse: parseLimits,
  show: (value) =>
    CLASSES.map((name) => {
      const { hardBytes, softBytes, softSeconds } = value[name];
      const shown = name === "replica" ? "slave" : name;
      return `${shown} ${hardBytes} ${softBytes} ${softSeconds}`;
    }).join(" "),
  same: (one, other) => CLASSES.every((name) => sameLimit(one[name], other[name])),
  lines: (value) =>
    CLASSES.map((name) => {
      const { hardBytes, softBytes, softSeconds } = value[name];
      return {
        part: name,
        text: `${name} ${showSize(hardBytes)} ${showSize(softBytes)} ${softSeconds}`,
        forced: !sameLimit(value[name], STANDARD[name]),
      };
    }),
  partOf: (args) => (args.length === GROUP ? CLASS_BY_WORD.get(args[0].toLowerCase()) : undefined),
};

function sameLimit(one: OutputBufferLimit, other: OutputBufferLimit): boolean {
  return (
    one.hardBytes === other.hardBytes &&
    one.softBytes === other.softBytes &&
    one.softSeconds === other.softSeconds
  );
}

function parseLimits(
  args: readonly string[],
  context: ParseContext<OutputBufferLimits>,
): Parsed<OutputBufferLimits> {
  if (args.length % GROUP !== 0) {
    return { problem: "Wrong number of arguments in buffer limit configuration." };
  }
  const limits = { ...context.previous };
  for (let at = 0; at < args.length; at += GROUP) {
    const clientClass = CLASS_BY_WORD.get(args[at].toLowerCase());
    if (clientClass === undefined) {
      return { problem: "Invalid client class specified in buffer limit configuration." };
    }
    const hardBytes = parseMemorySize(args[at + 1]);
    const softBytes = parseMemorySize(args[at + 2]);
    const softSeconds = lenientInteger(args[at + 3], 0, Number.MAX_SAFE_INTEGER);
    if (hardBytes === undefined || softBytes === undefined || softSeconds === undefined) {
      return {
        problem: "Error in hard, soft or soft_seconds setting in buffer limit configuration.",
      };
    }
    limits[clientClass] = { hardBytes, softBytes, softSeconds };
  }
  return { value: limits };
}
