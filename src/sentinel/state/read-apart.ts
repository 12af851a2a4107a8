/**
 * The text of a state file (see apart-lines.ts) over a model that the configuration has been read
 * into: what the state file says counts more.
 *
 * What always holds: the current epoch does not fall by it; lines about masters that nobody has
 * configured and no SENTINEL MONITOR has made are left out. Nobody but Sentinel writes the file, so
 * its lines are read in their order, unlike those of a configuration.
 */
import { lowerByteText, splitByteText, trimByteText } from "../../config/byte-text";
import type { ConfigLine } from "../../config/config-problem";
import type { SentinelModel } from "../model/sentinel-model";
import { leadingInteger } from "./leading-integer";
import { readLineAddress } from "./line-address";
import type { LineContext } from "./line-context";
import { OWN_LINES } from "./own-lines";
import { readLine } from "./read-lines";

type ApartReader = (
  model: SentinelModel,
  words: readonly string[],
  context: LineContext,
) => string | undefined;

interface ApartLine {
  /** How many words stand behind the line's name. */
  readonly words: number;
  readonly read: ApartReader;
}

const UNRECOGNIZED = "Unrecognized line of a state file.";

const APART_LINES: ReadonlyMap<string, ApartLine> = new Map([
  ["master-address", { words: 3, read: readMasterAddress }],
  ["quorum", { words: 2, read: readQuorum }],
  ["renames", { words: 1, read: readRenames }],
  ["removed", { words: 1, read: readRemoved }],
]);

/** Returns what is wrong with which line. */
export function readApart(
  model: SentinelModel,
  text: string,
  context: LineContext,
): string | undefined {
  // A script that is gone since it was set fails when it is run: no reason to watch nothing at all.
  const lenient: LineContext = {
    nowMs: context.nowMs,
    resolve: (host) => context.resolve(host),
    isExecutable: () => true,
    warn: (sentence) => context.warn(sentence),
  };
  for (const [index, raw] of text.split("\n").entries()) {
    const trimmed = trimByteText(raw);
    if (trimmed === "" || trimmed.startsWith("#")) continue;
    const args = splitByteText(trimmed) ?? [];
    const line = { args, line: index + 1, text: trimmed };
    const reason = readApartLine(model, line, lenient);
    if (reason !== undefined) return `line ${line.line}, '${line.text}': ${reason}`;
  }
  return undefined;
}

function readApartLine(
  model: SentinelModel,
  line: ConfigLine,
  context: LineContext,
): string | undefined {
  const [sentinel, givenName, ...words] = line.args;
  if (sentinel !== "sentinel" || givenName === undefined) return UNRECOGNIZED;
  const name = lowerByteText(givenName);
  const isKnown = model.masters.has(words[0]);
  const apart = APART_LINES.get(name);
  if (apart !== undefined) {
    if (apart.words !== words.length) return UNRECOGNIZED;
    return isKnown ? apart.read(model, words, context) : undefined;
  }
  // SENTINEL MONITOR made it, and now the configuration has it as well.
  if (name === "monitor" && isKnown && words.length === 4) {
    return readMasterAddress(model, words, context) ?? readQuorum(model, [words[0], words[3]]);
  }
  const isAboutMaster = name !== "monitor" && OWN_LINES.every((own) => own.name !== name);
  return isAboutMaster && !isKnown ? undefined : readLine(model, line, context);
}

/** What the configuration says of a master's company is older than what stands here. */
function readMasterAddress(
  model: SentinelModel,
  [name, host, port]: readonly string[],
  context: LineContext,
): string | undefined {
  const address = readLineAddress(host, port, model, context);
  if (typeof address === "string") return address;
  const master = model.masters.get(name);
  if (master === undefined) return undefined;
  master.address = address;
  master.replicas.clear();
  master.sentinels.clear();
  return undefined;
}

function readQuorum(model: SentinelModel, [name, word]: readonly string[]): string | undefined {
  const quorum = leadingInteger(word);
  if (quorum <= 0) return "Quorum must be 1 or greater.";
  const options = model.masters.get(name)?.options;
  if (options !== undefined) options.quorum = quorum;
  return undefined;
}

function readRenames(model: SentinelModel, [name]: readonly string[]): undefined {
  model.masters.get(name)?.options?.renamedCommands.clear();
}

function readRemoved(model: SentinelModel, [name]: readonly string[]): undefined {
  model.masters.delete(name);
}
