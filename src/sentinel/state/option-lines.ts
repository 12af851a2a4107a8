/**
 * The lines that set an option of one master: `sentinel <option> <master> <value ...>`. How each is
 * read into MasterOptions and written back. Not the lines that name instances or epochs
 * (instance-lines.ts, epochs in write-lines.ts).
 *
 * What always holds: an option with its default value has no line, as in files that Redis writes;
 * what was written is read back as the same value.
 */
import { lowerByteText, wordByteText } from "../../config/byte-text";
import {
  DEFAULT_DOWN_AFTER_MS,
  DEFAULT_FAILOVER_TIMEOUT_MS,
  DEFAULT_PARALLEL_SYNCS,
} from "../model/constants";
import type { MasterOptions } from "../model/instance";
import { leadingInteger } from "./leading-integer";
import type { LineContext } from "./line-context";

export interface OptionLine {
  readonly name: string;
  /** How many words stand behind the master's name. */
  readonly words: number;
  /** Sets the option; returns Redis's words for why it cannot be. */
  read(options: MasterOptions, words: readonly string[], context: LineContext): string | undefined;
  /** What stands behind the master's name, an entry per line. */
  values(options: MasterOptions): readonly string[];
  /** Whether the option has its default value, and so needs no line. */
  isStandard(options: MasterOptions): boolean;
}

type NumberField =
  | "downAfterMs"
  | "failoverTimeoutMs"
  | "parallelSyncs"
  | "rebootDownAfterMs"
  | "emptyMasterGraceMs";
type TextField =
  | "authUser"
  | "authPass"
  | "notificationScript"
  | "clientReconfigScript"
  | "preFailoverScript";

/** In the order in which Redis writes them, ours behind. */
export const OPTION_LINES: readonly OptionLine[] = [
  numberLine("down-after-milliseconds", "downAfterMs", DEFAULT_DOWN_AFTER_MS, positive),
  numberLine("failover-timeout", "failoverTimeoutMs", DEFAULT_FAILOVER_TIMEOUT_MS, positive),
  // Redis takes any number here: with 0 or less no replica is ever reconfigured.
  numberLine("parallel-syncs", "parallelSyncs", DEFAULT_PARALLEL_SYNCS, () => undefined),
  scriptLine("notification-script", "notificationScript", "Notification"),
  scriptLine("client-reconfig-script", "clientReconfigScript", "Client reconfiguration"),
  scriptLine("pre-failover-script", "preFailoverScript", "Pre-failover"),
  textLine("auth-pass", "authPass"),
  textLine("auth-user", "authUser"),
  numberLine("master-reboot-down-after-period", "rebootDownAfterMs", 0, notNegative),
  numberLine("empty-master-grace", "emptyMasterGraceMs", 0, notNegative),
];

/** Redis writes these behind what it knows of others. */
export const RENAME_LINE: OptionLine = {
  name: "rename-command",
  words: 2,
  read: (options, [command, name]) => {
    const key = lowerByteText(command);
    if (options.renamedCommands.has(key)) {
      return "Same command renamed multiple times with rename-command.";
    }
    options.renamedCommands.set(key, name);
    return undefined;
  },
  values: ({ renamedCommands }) =>
    [...renamedCommands].map(([command, name]) => {
      const shown = command.replace(/[a-z]/g, (letter) => letter.toUpperCase());
      return `${wordByteText(shown)} ${wordByteText(name)}`;
    }),
  isStandard: ({ renamedCommands }) => renamedCommands.size === 0,
};

export const ALL_OPTION_LINES: readonly OptionLine[] = [...OPTION_LINES, RENAME_LINE];

function numberLine(
  name: string,
  field: NumberField,
  standard: number,
  check: (value: number) => string | undefined,
): OptionLine {
  return {
    name,
    words: 1,
    read: (options, [word]) => {
      const value = leadingInteger(word);
      options[field] = value;
      return check(value);
    },
    values: (options) => [String(options[field])],
    isStandard: (options) => options[field] === standard,
  };
}

function scriptLine(name: string, field: TextField, kind: string): OptionLine {
  return {
    name,
    words: 1,
    read: (options, [path], context) => {
      if (!context.isExecutable(path)) {
        return `${kind} script seems non existing or non executable.`;
      }
      options[field] = path;
      return undefined;
    },
    values: (options) => [wordByteText(options[field])],
    isStandard: (options) => options[field] === "",
  };
}

function textLine(name: string, field: TextField): OptionLine {
  return {
    name,
    words: 1,
    read: (options, [text]) => {
      options[field] = text;
      return undefined;
    },
    values: (options) => [wordByteText(options[field])],
    isStandard: (options) => options[field] === "",
  };
}

function positive(value: number): string | undefined {
  return value <= 0 ? "negative or zero time parameter." : undefined;
}

function notNegative(value: number): string | undefined {
  return value < 0 ? "negative time parameter." : undefined;
}
