import { equalsIgnoreCase } from "../base/bytes";
import { nameHash } from "../protocol/name-hash";
import type { Arguments } from "./arguments";
import { Command, type CommandLookup } from "./command";
import type { CommandSpec } from "./spec";

/**
 * The commands of a role, or the subcommands of a container, found by name.
 *
 * Open addressing over name hashes; names that differ only in case are one. Made once at the start;
 * `rename` (rename-command) is the only change after that.
 */
export class CommandTable<C> implements CommandLookup<C> {
  readonly container: string;
  #slots: (Command<C> | undefined)[] = [];
  #hashes = new Uint32Array(0);
  #names: Uint8Array[] = [];
  #mask = 0;
  #entries: { name: Uint8Array; command: Command<C> }[] = [];

  constructor(specs: readonly CommandSpec<C>[], container = "") {
    this.container = container;
    for (const spec of specs) {
      const subcommands = spec.subcommands && new CommandTable(spec.subcommands, spec.name);
      const command = new Command(spec, container, subcommands);
      if (this.#entries.some((entry) => entry.command.spec.name === spec.name)) {
        throw new Error(`command ${command.fullName} is declared twice`);
      }
      this.#entries.push({ name: command.nameBytes, command });
    }
    this.#rebuild();
  }

  /** All commands of this table that have a name (not their subcommands), in order of declaration. */
  get commands(): readonly Command<C>[] {
    return this.#entries.map(({ command }) => command);
  }

  /** Every command and subcommand. */
  *all(): IterableIterator<Command<C>> {
    for (const { command } of this.#entries) {
      yield command;
      if (command.subcommands !== undefined) yield* command.subcommands.all();
    }
  }

  lookup(name: Uint8Array, at: number, length: number, hash: number): Command<C> | undefined {
    for (let slot = hash & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const command = this.#slots[slot];
      if (command === undefined) return undefined;
      if (this.#hashes[slot] === hash && equalsIgnoreCase(name, at, length, this.#names[slot])) {
        return command;
      }
    }
  }

  /** The command or subcommand that a request names, whatever its arity; undefined for none. */
  named(args: Arguments): Command<C> | undefined {
    const { input } = args;
    const at = args.offset(0);
    const length = args.length(0);
    const command = this.lookup(input, at, length, nameHash(input, at, length));
    if (command?.subcommands === undefined || args.count === 1) return command;
    const subAt = args.offset(1);
    const subLength = args.length(1);
    const hash = nameHash(input, subAt, subLength);
    return command.subcommands.lookup(input, subAt, subLength, hash);
  }

  /** Finds by text: a name, or `container|name`. */
  findFull(fullName: string): Command<C> | undefined {
    const bar = fullName.indexOf("|");
    if (bar < 0) return this.find(fullName);
    return this.find(fullName.slice(0, bar))?.subcommands?.find(fullName.slice(bar + 1));
  }

  /** Finds by text, for COMMAND INFO and the like. */
  find(name: string): Command<C> | undefined {
    const bytes = Buffer.from(name, "latin1");
    return this.lookup(bytes, 0, bytes.length, nameHash(bytes, 0, bytes.length));
  }

  /**
   * rename-command: the command answers to `to` from now on, or to nothing when `to` is empty.
   * Returns false when there is no such command or `to` is taken.
   */
  rename(from: string, to: string): boolean {
    const command = this.find(from);
    if (command === undefined || (to !== "" && this.find(to) !== undefined)) return false;
    this.#entries = this.#entries.filter((entry) => entry.command !== command);
    if (to !== "") {
      this.#entries.push({ name: Buffer.from(to.toLowerCase(), "latin1"), command });
    }
    this.#rebuild();
    return true;
  }

  #rebuild(): void {
    let size = 16;
    while (size < this.#entries.length * 4) size *= 2;
    this.#mask = size - 1;
    this.#slots = new Array(size).fill(undefined);
    this.#hashes = new Uint32Array(size);
    this.#names = new Array(size).fill(new Uint8Array(0));
    for (const { name, command } of this.#entries) {
      const hash = nameHash(name, 0, name.length);
      let slot = hash & this.#mask;
      while (this.#slots[slot] !== undefined) slot = (slot + 1) & this.#mask;
      this.#slots[slot] = command;
      this.#hashes[slot] = hash;
      this.#names[slot] = name;
    }
  }
}
