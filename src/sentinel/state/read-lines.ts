/**
 * `sentinel ...` lines of a configuration to a model. A pure function of lines and context.
 *
 * What always holds: lines may come in any order. Those about the Sentinel itself are read first, then
 * those that name masters, then all others, each group in its order; a line that cannot be used ends
 * the reading, and the model is then good for nothing.
 */
import { lowerByteText } from "../../config/byte-text";
import { type ConfigLine, type ConfigProblem, lineProblem } from "../../config/config-problem";
import type { Instance } from "../model/instance";
import type { SentinelModel } from "../model/sentinel-model";
import {
  readConfigEpoch,
  readKnownReplica,
  readKnownSentinel,
  readLeaderEpoch,
  readMonitor,
} from "./instance-lines";
import type { LineContext } from "./line-context";
import { currentLineName } from "./line-names";
import { ALL_OPTION_LINES } from "./option-lines";
import { OWN_LINES } from "./own-lines";

const UNRECOGNIZED = "Unrecognized sentinel configuration statement.";
const NO_SUCH_MASTER = "No such master with specified name.";
/** `sentinel monitor <name> <host> <port> <quorum>` */
const MONITOR_WORDS = 4;

/** Reads all lines into the model, or says what is wrong in the form in which Redis does. */
export function readLines(
  model: SentinelModel,
  lines: readonly ConfigLine[],
  context: LineContext,
): ConfigProblem | undefined {
  const groups: ConfigLine[][] = [[], [], []];
  for (const line of lines) groups[groupOf(line)].push(line);
  for (const line of groups.flat()) {
    const reason = readLine(model, line, context);
    if (reason !== undefined) return lineProblem(line, reason);
  }
  return undefined;
}

/** Reads one line; those that it needs have been read. Returns Redis's words for what is wrong. */
export function readLine(
  model: SentinelModel,
  line: ConfigLine,
  context: LineContext,
): string | undefined {
  return READERS[groupOf(line)](model, line, context);
}

/** Who of `READERS` reads a line. */
function groupOf(line: ConfigLine): 0 | 1 | 2 {
  const name = lineName(line);
  if (OWN_LINES.some((own) => own.name === name)) return 0;
  return name === "monitor" ? 1 : 2;
}

function lineName(line: ConfigLine): string {
  return currentLineName(lowerByteText(line.args[1]));
}

/** The words behind the line's name. */
function wordsOf(line: ConfigLine): readonly string[] {
  return line.args.slice(2);
}

function readOwn(model: SentinelModel, line: ConfigLine): string | undefined {
  const name = lineName(line);
  const words = wordsOf(line);
  const own = OWN_LINES.find((each) => each.name === name);
  if (own === undefined || words.length !== 1) return UNRECOGNIZED;
  return own.read(model, words[0]);
}

function readMaster(
  model: SentinelModel,
  line: ConfigLine,
  context: LineContext,
): string | undefined {
  const words = wordsOf(line);
  return words.length === MONITOR_WORDS ? readMonitor(model, words, context) : UNRECOGNIZED;
}

/** A line about a master, whose name is its first word. */
function readOther(
  model: SentinelModel,
  line: ConfigLine,
  context: LineContext,
): string | undefined {
  const name = lineName(line);
  const [masterName, ...words] = wordsOf(line);
  const reader = OTHER_READERS.get(name);
  const isRead = reader?.words.includes(words.length) === true && masterName !== undefined;
  if (reader === undefined || !isRead) return UNRECOGNIZED;
  const master = model.masters.get(masterName);
  if (master === undefined) return NO_SUCH_MASTER;
  return reader.read(model, master, words, context);
}

interface MasterLineReader {
  /** The numbers of words behind the master's name that it may have. */
  readonly words: readonly number[];
  read(
    model: SentinelModel,
    master: Instance,
    words: readonly string[],
    context: LineContext,
  ): string | undefined;
}

const OTHER_READERS: ReadonlyMap<string, MasterLineReader> = new Map<string, MasterLineReader>([
  ["known-replica", { words: [2], read: readKnownReplica }],
  ["known-sentinel", { words: [2, 3], read: readKnownSentinel }],
  [
    "config-epoch",
    {
      words: [1],
      read: (model, master, [word]) => {
        readConfigEpoch(model, master, word);
        return undefined;
      },
    },
  ],
  [
    "leader-epoch",
    {
      words: [1],
      read: (_model, master, [word]) => {
        readLeaderEpoch(master, word);
        return undefined;
      },
    },
  ],
  ...ALL_OPTION_LINES.map((option): [string, MasterLineReader] => [
    option.name,
    {
      words: [option.words],
      read: (_model, { options }, words, context) =>
        options === undefined ? NO_SUCH_MASTER : option.read(options, words, context),
    },
  ]),
]);

const READERS = [readOwn, readMaster, readOther] as const;
