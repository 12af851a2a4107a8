/**
 * The current configuration: typed reads, CONFIG GET and CONFIG SET, and telling the rooms about
 * changes. It is neither the table of directives (rows/) nor a reader of files (load-file.ts).
 *
 * What always holds: every directive has a valid value; a CONFIG SET that fails leaves all values,
 * and what the rooms made of them, as they were. A read is one lookup by name: code that runs per
 * command keeps a copy and refreshes it in a change listener.
 */
import { globMatch } from "../base/glob";
import { decodeUtf8, lowerByteText, splitByteText, toBytes } from "./byte-text";
import type { ConfigHost } from "./config-host";
import {
  DENY_LOADING,
  type Directive,
  HIDDEN,
  hasAttribute,
  IMMUTABLE,
  NO_MEANING,
  PROTECTED,
  SENSITIVE,
  SEVERAL_ARGUMENTS,
} from "./directive";
import {
  type DirectiveName,
  directiveTable,
  type FlagName,
  type NumberName,
  type TextName,
  type ValueOf,
} from "./rows/table";

/**
 * Makes the room follow the current values; it reads them from the configuration. Called after a
 * CONFIG SET, and once more with the old values when the set fails later on. Returns the reason
 * why the values cannot be used, which undoes the whole CONFIG SET.
 */
export type ChangeListener = () => string | undefined;

/** Who asks for CONFIG SET, and when. */
export interface SetCircumstances {
  /** The client is on this machine, which `enable-protected-configs local` asks for. */
  readonly local: boolean;
  /** The data set is being loaded. */
  readonly loading: boolean;
}

interface Slot {
  readonly directive: Directive<DirectiveName>;
  value: unknown;
}

/** A slot under one of its names: an alias and the name it stands for are told apart. */
interface Entry {
  readonly name: string;
  readonly slot: Slot;
}

interface Change {
  readonly entry: Entry;
  readonly text: string;
  readonly before: unknown;
}

export class Config {
  readonly #entries = new Map<string, Entry>();
  readonly #slots: Slot[] = [];
  readonly #listeners = new Map<Slot, ChangeListener[]>();
  readonly #host: ConfigHost;
  readonly #notices: string[] = [];
  readonly #noticed = new Set<Directive>();

  constructor(host: ConfigHost) {
    this.#host = host;
    for (const directive of directiveTable) {
      const slot: Slot = { directive, value: directive.standard };
      this.#slots.push(slot);
      this.#entries.set(directive.name, { name: directive.name, slot });
      const { alias } = directive;
      if (alias !== undefined) this.#entries.set(alias, { name: alias, slot });
    }
    this.record("dir", host.currentDirectory());
    this.onChange("dir", () => this.#enterDirectory());
  }

  flag(name: FlagName): boolean {
    return this.#slot(name).value === true;
  }

  /** Rounded to a double beyond 2^53, where `value` is exact. A negative size is a percentage. */
  number(name: NumberName): number {
    return Number(this.#slot(name).value);
  }

  /** Text or a word of a list. Text is decoded as UTF-8; `bytes` has it untouched. */
  text<N extends TextName>(name: N): ValueOf<N> {
    return decodeUtf8(String(this.#slot(name).value)) as ValueOf<N>;
  }

  /** The bytes of a password, a user name, or anything that need not be UTF-8. */
  bytes(name: TextName): Buffer {
    return toBytes(String(this.#slot(name).value));
  }

  /** The value as the directive holds it: save points, addresses, limits; text as byte text. */
  value<N extends DirectiveName>(name: N): ValueOf<N> {
    return this.#slot(name).value as ValueOf<N>;
  }

  /** Calls `listener` when CONFIG SET has changed one of `names`; once, however many they are. */
  onChange(names: DirectiveName | readonly DirectiveName[], listener: ChangeListener): void {
    for (const name of typeof names === "string" ? [names] : names) {
      const slot = this.#slot(name);
      const listeners = this.#listeners.get(slot);
      if (listeners === undefined) this.#listeners.set(slot, [listener]);
      else listeners.push(listener);
    }
  }

  /** The program itself changes a value (REPLICAOF, Sentinel); no listener is called. */
  record<N extends DirectiveName>(name: N, value: ValueOf<N>): void {
    this.#slot(name).value = value;
  }

  /**
   * The names and values that CONFIG GET answers to these patterns (byte text, case ignored). A
   * name without wildcards answers as it was written, alias or not; no name comes twice.
   */
  get(patterns: readonly string[]): [name: string, text: string][] {
    const found = new Map<string, string>();
    for (const pattern of patterns) {
      if (!/[*?[]/.test(pattern)) {
        const slot = this.#find(pattern)?.slot;
        if (slot !== undefined) found.set(pattern, slot.directive.show(slot.value));
        continue;
      }
      const bytes = toBytes(pattern);
      for (const { name, slot } of this.#entries.values()) {
        if (hasAttribute(slot.directive, HIDDEN)) continue;
        const matches = globMatch(bytes, 0, bytes.length, toBytes(name), 0, name.length, true);
        if (matches) found.set(name, slot.directive.show(slot.value));
      }
    }
    return [...found];
  }

  /**
   * CONFIG SET: all pairs or none. Returns the text of the error reply with its code in front, or
   * undefined when everything is set and every listener has agreed.
   */
  set(
    pairs: readonly (readonly [name: string, text: string])[],
    circumstances: SetCircumstances,
  ): string | undefined {
    const changes: Change[] = [];
    for (const [name, text] of pairs) {
      const entry = this.#find(name);
      if (entry === undefined) {
        return `ERR Unknown option or number of arguments for CONFIG SET - '${name}'`;
      }
      const { directive, value } = entry.slot;
      const refusal = this.#refusal(directive, circumstances);
      if (refusal !== undefined) return setFailure(name, refusal);
      if (circumstances.loading && hasAttribute(directive, DENY_LOADING)) {
        return "LOADING Redis is loading the dataset in memory";
      }
      if (changes.some((change) => change.entry === entry)) {
        return setFailure(name, "duplicate parameter");
      }
      changes.push({ entry, text, before: value });
    }
    return this.#change(changes);
  }

  /**
   * What the directive would hold after `set` of these pairs: undefined when none of them names it,
   * or gives no value for it. For rooms that need time to follow and begin before the set.
   */
  preview<N extends DirectiveName>(
    name: N,
    pairs: readonly (readonly [name: string, text: string])[],
  ): ValueOf<N> | undefined {
    const slot = this.#slot(name);
    const text = pairs.find(([given]) => this.#find(given)?.slot === slot)?.[1];
    if (text === undefined) return undefined;
    const context = { fromFile: false, repeated: false, previous: slot.value };
    const parsed = slot.directive.parse(setArguments(slot.directive, text), context);
    return "problem" in parsed ? undefined : (parsed.value as ValueOf<N>);
  }

  /** True when the value of that name (any case, alias or not) must not be logged. */
  isSensitive(name: string): boolean {
    const entry = this.#find(name);
    return entry !== undefined && hasAttribute(entry.slot.directive, SENSITIVE);
  }

  /**
   * Sets a directive at start, from a file or the command line: also an immutable one, and no
   * listener is called. `repeated` says that the same run gave it before.
   */
  assign(directive: Directive, args: readonly string[], repeated: boolean): string | undefined {
    const slot = this.#entries.get(directive.name)?.slot;
    if (slot === undefined) throw new Error(`no such directive: ${directive.name}`);
    const parsed = directive.parse(splitSingle(directive, args), {
      fromFile: true,
      repeated,
      previous: slot.value,
    });
    if ("problem" in parsed) return parsed.problem;
    slot.value = parsed.value;
    this.#noticeMeaning(slot);
    return directive.name === "dir" ? this.#enterDirectory() : undefined;
  }

  /** The directive of that name or alias, in any case. */
  directive(name: string): Directive | undefined {
    return this.#find(name)?.slot.directive;
  }

  /** Every directive with its value, in the order of the table, for CONFIG REWRITE. */
  *all(): IterableIterator<readonly [Directive<DirectiveName>, unknown]> {
    for (const { directive, value } of this.#slots) yield [directive, value];
  }

  /** Sentences for the log that have come up since the last call; each is told once. */
  takeNotices(): string[] {
    return this.#notices.splice(0);
  }

  addNotice(sentence: string): void {
    this.#notices.push(sentence);
  }

  #slot(name: DirectiveName): Slot {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw new Error(`no such directive: ${name}`);
    return entry.slot;
  }

  #find(name: string): Entry | undefined {
    return this.#entries.get(lowerByteText(name));
  }

  #refusal(directive: Directive, circumstances: SetCircumstances): string | undefined {
    if (hasAttribute(directive, IMMUTABLE)) return "can't set immutable config";
    if (!hasAttribute(directive, PROTECTED)) return undefined;
    const permission = this.value("enable-protected-configs");
    const allowed = permission === "yes" || (permission === "local" && circumstances.local);
    return allowed ? undefined : "can't set protected config";
  }

  #change(changes: readonly Change[]): string | undefined {
    const changed: Change[] = [];
    for (const [at, change] of changes.entries()) {
      const { name, slot } = change.entry;
      const parsed = slot.directive.parse(setArguments(slot.directive, change.text), {
        fromFile: false,
        repeated: false,
        previous: slot.value,
      });
      if ("problem" in parsed) {
        restore(changes.slice(0, at));
        return setFailure(name, parsed.problem);
      }
      if (slot.directive.same(slot.value, parsed.value)) continue;
      slot.value = parsed.value;
      changed.push(change);
    }
    const failure = this.#tellListeners(changed);
    if (failure === undefined) for (const change of changed) this.#noticeMeaning(change.entry.slot);
    return failure;
  }

  /** Asks every listener once; after a refusal those asked follow the old values again. */
  #tellListeners(changed: readonly Change[]): string | undefined {
    const asked = new Set<ChangeListener>();
    for (const { entry } of changed) {
      for (const listener of this.#listeners.get(entry.slot) ?? []) {
        if (asked.has(listener)) continue;
        asked.add(listener);
        const problem = listener();
        if (problem === undefined) continue;
        restore(changed);
        for (const again of asked) {
          const worse = again();
          if (worse !== undefined) {
            this.addNotice(
              `Failed to go back to the old value after a failed CONFIG SET: ${worse}`,
            );
          }
        }
        return setFailure(entry.name, problem);
      }
    }
    return undefined;
  }

  #enterDirectory(): string | undefined {
    const problem = this.#host.changeDirectory(this.value("dir"));
    this.record("dir", this.#host.currentDirectory());
    return problem;
  }

  #noticeMeaning({ directive, value }: Slot): void {
    if (!hasAttribute(directive, NO_MEANING) || this.#noticed.has(directive)) return;
    if (directive.same(value, directive.standard)) return;
    this.#noticed.add(directive);
    this.addNotice(`The directive '${directive.name}' has no effect in this server.`);
  }
}

function restore(changes: readonly Change[]): void {
  for (const { entry, before } of changes) entry.slot.value = before;
}

function setFailure(name: string, problem: string): string {
  return `ERR CONFIG SET failed (possibly related to argument '${name}') - ${problem}`;
}

/** CONFIG SET splits at every single space and knows no quotes. */
function setArguments(directive: Directive, text: string): string[] {
  if (!hasAttribute(directive, SEVERAL_ARGUMENTS)) return [text];
  return text === "" ? [] : text.split(" ");
}

/** A file may give several arguments as one in quotes: `save "900 1 300 10"`. */
function splitSingle(directive: Directive, args: readonly string[]): readonly string[] {
  if (!hasAttribute(directive, SEVERAL_ARGUMENTS) || args.length !== 1) return args;
  return splitByteText(args[0]) ?? args;
}
