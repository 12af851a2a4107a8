/**
 * The state file of `sentinel-state-file`: what a Sentinel knows and was told at run time, apart from
 * the configuration, which then belongs to the operator alone and is never written.
 *
 * Its lines are those of the configuration, and besides:
 *   sentinel master-address <name> <host> <port>   where a master of the configuration is now
 *   sentinel quorum <name> <count>                 set at run time
 *   sentinel renames <name>                        the rename-command lines behind it are all there are
 *   sentinel removed <name>                        a master of the configuration, no longer watched
 * What always holds: a setting stands here only when it differs from what the configuration said at
 * the start, so that the operator's later changes count, and passwords stay where they were written.
 * A master that has gone from the configuration is forgotten, unless SENTINEL MONITOR made it.
 */
import { wordByteText } from "../../config/byte-text";
import { type Instance, MasterOptions } from "../model/instance";
import type { SentinelModel } from "../model/sentinel-model";
import { currentAddress } from "../monitor/periodic";
import { OPTION_LINES, RENAME_LINE } from "./option-lines";
import { OWN_LINES } from "./own-lines";
import { addKnowledge, addressWords } from "./write-lines";

/** Settings line by line: what it is about -> the line. */
type Settings = ReadonlyMap<string, string>;

/** What the configuration said at the start, to tell what was set since. */
export class ConfiguredState {
  readonly #own: Settings;
  readonly #masters: ReadonlyMap<string, Settings>;

  /** Keeps what the model holds now: that of the configuration and nothing else. */
  constructor(model: SentinelModel) {
    this.#own = ownSettings(model);
    this.#masters = new Map(
      [...model.masters.values()].map((master) => [master.name, settingsOf(master)]),
    );
  }

  hasMaster(name: string): boolean {
    return this.#masters.has(name);
  }

  /** The text of the state file. */
  write(model: SentinelModel): string {
    const lines = [
      "# The state of a Sentinel, which writes it. Its settings are in its configuration.",
    ];
    lines.push(...changed(ownSettings(model), this.#own));
    lines.push(`sentinel current-epoch ${model.currentEpoch}`);
    for (const name of this.#masters.keys()) {
      if (!model.masters.has(name)) lines.push(`sentinel removed ${wordByteText(name)}`);
    }
    for (const master of model.masters.values()) lines.push(...this.#masterLines(master, model));
    return lines.map((line) => `${line}\n`).join("");
  }

  #masterLines(master: Instance, model: SentinelModel): string[] {
    const lines: string[] = [];
    const add = (name: string, value: string): void => {
      lines.push(`sentinel ${name} ${wordByteText(master.name)} ${value}`);
    };
    const { options } = master;
    if (options === undefined) throw new Error(`${master.name} is no master`);
    const where = addressWords(currentAddress(master), model);
    const configured = this.#masters.get(master.name);
    if (configured === undefined) add("monitor", `${where} ${options.quorum}`);
    else add("master-address", where);
    const base = configured ?? optionSettings(master.name, new MasterOptions(options.quorum));
    lines.push(...changed(settingsOf(master), base));
    addKnowledge(master, model, add);
    return lines;
  }
}

function changed(now: Settings, configured: Settings): string[] {
  const lines = [...now].filter(([key, text]) => configured.get(key) !== text);
  return lines.map(([, text]) => text);
}

function ownSettings(model: SentinelModel): Settings {
  const settings = new Map<string, string>();
  for (const own of OWN_LINES) {
    // Epochs are no settings, and before the first start there is no id.
    if (own.name === "current-epoch" || (own.name === "myid" && model.myId === "")) continue;
    settings.set(own.name, `sentinel ${own.name} ${own.value(model)}`);
  }
  return settings;
}

function settingsOf(master: Instance): Settings {
  const { options } = master;
  return options === undefined ? new Map() : optionSettings(master.name, options);
}

function optionSettings(name: string, options: MasterOptions): Map<string, string> {
  const shownName = wordByteText(name);
  const settings = new Map([["quorum", `sentinel quorum ${shownName} ${options.quorum}`]]);
  for (const option of OPTION_LINES) {
    for (const value of option.values(options)) {
      settings.set(option.name, `sentinel ${option.name} ${shownName} ${value}`);
    }
  }
  // All of them or none: a command that has its own name again has no line.
  const renames = RENAME_LINE.values(options).map(
    (value) => `sentinel ${RENAME_LINE.name} ${shownName} ${value}`,
  );
  settings.set(RENAME_LINE.name, [`sentinel renames ${shownName}`, ...renames].join("\n"));
  return settings;
}
