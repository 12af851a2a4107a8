import type { Arguments } from "../../command/arguments";
import type { Command } from "../../command/command";
import type { CommandTable } from "../../command/command-table";
import { KeyPositions, keyFlagBits } from "../../command/key-positions";
import type { DataCall } from "../../keyspace/data-call";
import type { EffectStream } from "../../keyspace/effects/effect-stream";
import type { EffectTranslator } from "../../keyspace/effects/effect-translator";
import type { Keyspace } from "../../keyspace/keyspace";
import type { DumpPayload } from "../../persistence/rdb/dump-payload";
import { OLD_FORMS, OLD_FORMS_BY_STATE, type OldForm, state } from "./old-forms";
import { RequestWords } from "./request-words";
import { Retelling } from "./retelling";

const OLD_VERSION = [3, 2, 1] as const;
const READ_ONLY = keyFlagBits("RO");
const SELECT = "select";

export interface OldWordsParts {
  readonly table: CommandTable<DataCall>;
  readonly effects: EffectStream;
  readonly keyspace: Keyspace;
  readonly payload: DumpPayload;
  /** There is no old form for what a request has done; a sentence without its end. */
  readonly refuse: (reason: string) => void;
}

/**
 * Says what commands have done in words that Redis 3.2.1 knows, by the table in old-forms.ts.
 *
 * What cannot be said so is passed on in this server's own words, and `refuse` is told before any
 * replica is sent them. What always holds: a request that needs no other words stays byte for byte.
 */
export class OldWords implements EffectTranslator {
  readonly #parts: OldWordsParts;
  readonly #forms = new Map<Command<DataCall>, OldForm>();
  readonly #byName = new Map<string, Command<DataCall>>();
  readonly #retelling: Retelling;
  readonly #positions = new KeyPositions();

  constructor(parts: OldWordsParts) {
    const { table, effects, keyspace, payload } = parts;
    this.#parts = parts;
    this.#retelling = new Retelling(effects, keyspace, payload);
    for (const command of table.all()) {
      this.#byName.set(command.fullName, command);
      const form = this.#formOf(command);
      if (form !== undefined) this.#forms.set(command, form);
    }
  }

  /** The row of a command, or what stands for it; undefined when 3.2.1 knows all that it can say. */
  formNamed(fullName: string): OldForm | undefined {
    const command = this.#byName.get(fullName);
    return command && this.#forms.get(command);
  }

  isPlain(bytes: Uint8Array, from: number, end: number): boolean {
    const requests = new RequestWords(bytes, from, end);
    while (requests.next()) {
      const command = this.#commandOf(requests.words);
      if (command === undefined) return false;
      if (this.#neededForm(command, requests.words) !== undefined) return false;
    }
    return true;
  }

  /** The name of the first command that an old server does not know as it is said; or undefined. */
  newerIn(bytes: Uint8Array, from: number, end: number): string | undefined {
    const requests = new RequestWords(bytes, from, end);
    while (requests.next()) {
      const { words } = requests;
      const command = this.#commandOf(words);
      const form = command && this.#neededForm(command, words);
      const isKnown = form === undefined || form.isKnown === true;
      if (command === undefined || !isKnown) return words.shownText(0).toUpperCase();
    }
    return undefined;
  }

  retell(bytes: Uint8Array): void {
    const { effects, keyspace, refuse } = this.#parts;
    const { databases } = keyspace;
    const retelling = this.#retelling;
    let database = databases[Math.max(0, effects.selected)];
    const requests = new RequestWords(bytes, 0, bytes.length);
    while (requests.next()) {
      const { words, from, end } = requests;
      const command = this.#commandOf(words);
      if (command?.spec.name === SELECT) {
        database = databases[words.safeInteger(1)];
        continue;
      }
      const form = command && this.#neededForm(command, words);
      retelling.words = words;
      retelling.database = database;
      const isUnknown = command === undefined;
      const reason = isUnknown ? `${words.shownText(0)} is unknown to it` : form?.retell(retelling);
      if (reason !== undefined) refuse(reason);
      if (reason !== undefined || form === undefined) {
        effects.request(database, bytes, from, end - from);
      }
    }
  }

  passesOn(commandName: string): boolean {
    // Sharded messages are of 7.0.
    return commandName !== "spublish";
  }

  #neededForm(command: Command<DataCall>, words: Arguments): OldForm | undefined {
    const form = this.#forms.get(command);
    return form?.isNewer === undefined || form.isNewer(words) ? form : undefined;
  }

  /** By the name of the table, which may be another than everybody's (rename-command). */
  #commandOf(words: Arguments): Command<DataCall> | undefined {
    return this.#parts.table.named(words) ?? this.#byName.get(words.text(0).toLowerCase());
  }

  #formOf(command: Command<DataCall>): OldForm | undefined {
    const row = OLD_FORMS.get(command.fullName);
    if (row !== undefined) return row;
    const isNew = isNewer(command.spec.since);
    if (!isNew && !OLD_FORMS_BY_STATE.has(command.fullName)) return undefined;
    const retell: OldForm["retell"] = (retelling) => this.#stateOfKeys(command, retelling);
    return isNew ? { retell } : { isKnown: true, retell };
  }

  /** All keys that it writes, as they are now. */
  #stateOfKeys(command: Command<DataCall>, retelling: Retelling): string | undefined {
    const positions = this.#positions;
    const name = command.fullName.toUpperCase().replace("|", " ");
    if (!command.keys.find(retelling.words, positions)) return `${name} is not in Redis 3.2`;
    const written: number[] = [];
    for (let i = 0; i < positions.count; i++) {
      if ((positions.flagsAt(i) & READ_ONLY) === 0) written.push(positions.indexAt(i));
    }
    return state(retelling, ...written);
  }
}

function isNewer(since: string): boolean {
  const parts = since.split(".");
  for (const [i, old] of OLD_VERSION.entries()) {
    const part = Number(parts[i] ?? "0");
    if (part !== old) return part > old;
  }
  return false;
}
