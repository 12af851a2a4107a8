/**
 * The lines about the Sentinel itself: `sentinel <name> <value>`. How each is read into the model and
 * written back. They are read before all others, because they decide how those are understood.
 *
 * What always holds: what was written is read back as the same value.
 */
import { lowerByteText, quoteByteText, wordByteText } from "../../config/byte-text";
import { RUN_ID_LENGTH } from "../model/constants";
import type { SentinelModel } from "../model/sentinel-model";
import { leadingInteger } from "./leading-integer";

export interface OwnLine {
  readonly name: string;
  /** Sets the value; returns Redis's words for why it cannot be. */
  read(model: SentinelModel, word: string): string | undefined;
  /** The value as it is written. */
  value(model: SentinelModel): string;
  /** Whether a file gets the line: always, only over one that it has already, or never. */
  place(model: SentinelModel): "always" | "over-old" | "never";
}

type SwitchField = "denyScriptsReconfig" | "resolveHostnames" | "announceHostnames";

const MY_ID: OwnLine = {
  name: "myid",
  read: (model, word) => {
    if (word.length !== RUN_ID_LENGTH) return "Malformed Sentinel id in myid option.";
    model.myId = word;
    return undefined;
  },
  value: ({ myId }) => wordByteText(myId),
  place: ({ myId }) => (myId === "" ? "never" : "always"),
};

const CURRENT_EPOCH: OwnLine = {
  name: "current-epoch",
  read: (model, word) => {
    model.currentEpoch = Math.max(model.currentEpoch, readEpoch(word));
    return undefined;
  },
  value: ({ currentEpoch }) => String(currentEpoch),
  place: () => "always",
};

/** In the order in which Redis writes them, before the masters and behind them. */
export const OWN_LINES_BEFORE_MASTERS: readonly OwnLine[] = [
  MY_ID,
  // The text of the first one says "options" in Redis, too.
  switchLine("deny-scripts-reconfig", "denyScriptsReconfig", true, "options"),
  switchLine("resolve-hostnames", "resolveHostnames", false, "option"),
  switchLine("announce-hostnames", "announceHostnames", false, "option"),
];

export const OWN_LINES_BEHIND_MASTERS: readonly OwnLine[] = [
  CURRENT_EPOCH,
  {
    name: "announce-ip",
    read: (model, word) => {
      model.announceIp = word;
      return undefined;
    },
    value: ({ announceIp }) => quoteByteText(announceIp),
    place: ({ announceIp }) => (announceIp === "" ? "never" : "always"),
  },
  {
    name: "announce-port",
    read: (model, word) => {
      model.announcePort = leadingInteger(word);
      return undefined;
    },
    value: ({ announcePort }) => String(announcePort),
    place: ({ announcePort }) => (announcePort === 0 ? "never" : "always"),
  },
  secretLine("sentinel-user", "sentinelUser"),
  secretLine("sentinel-pass", "sentinelPass"),
];

export const OWN_LINES: readonly OwnLine[] = [
  ...OWN_LINES_BEFORE_MASTERS,
  ...OWN_LINES_BEHIND_MASTERS,
];

/**
 * An epoch. Redis counts to 2^64 and takes a word without digits for 0; beyond 2^53 - 1, which takes
 * longer than the world has lasted, it stays there.
 */
export function readEpoch(word: string): number {
  return Math.max(0, leadingInteger(word, Number.MAX_SAFE_INTEGER));
}

function switchLine(
  name: string,
  field: SwitchField,
  standard: boolean,
  noun: "option" | "options",
): OwnLine {
  return {
    name,
    read: (model, word) => {
      const answer = lowerByteText(word);
      if (answer !== "yes" && answer !== "no") {
        return `Please specify yes or no for the ${name} ${noun}.`;
      }
      model[field] = answer === "yes";
      return undefined;
    },
    value: (model) => (model[field] ? "yes" : "no"),
    place: (model) => (model[field] === standard ? "over-old" : "always"),
  };
}

function secretLine(name: string, field: "sentinelUser" | "sentinelPass"): OwnLine {
  return {
    name,
    read: (model, word) => {
      model[field] = word;
      return undefined;
    },
    value: (model) => wordByteText(model[field]),
    place: (model) => (model[field] === "" ? "never" : "always"),
  };
}
