import { latin1Bytes } from "../../../base/bytes";
import { errSubcommandSyntax } from "../../../command/error-texts";
import { replyHelp } from "../../../command/help-reply";
import type { KeyFlag } from "../../../command/key-spec";
import { type ArgumentDoc, type CommandFlag, type CommandSpec, keyAt } from "../../../command/spec";
import type { DataCall } from "../../../keyspace/data-call";
import { TYPE_STREAM } from "../../../keyspace/entry";
import { NO_CONSUMER } from "../groups/consumer-group";
import { UNKNOWN } from "../groups/entries-read";
import { headerOfGroup } from "../groups/free-groups";
import { changedGroup, type GroupAccess } from "../groups/group-access";
import { A_STREAM, isWord, NOT_A_STREAM, readInt64, STREAM_ENCODING } from "../stream-access";
import { StreamId } from "../stream-id";
import { SEQ_ZERO } from "../stream-id-text";
import { STREAM_LAST_ID } from "../stream-layout";
import { GROUP_NAME, KEY } from "./docs";

/** XGROUP: consumer groups and consumers made, set and removed. */

const MKSTREAM = latin1Bytes("mkstream");
const ENTRIESREAD = latin1Bytes("entriesread");
const DOLLAR = 0x24;
const ERR_NO_KEY =
  "ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM option to create an empty stream automatically.";
const ERR_BUSY = "BUSYGROUP Consumer Group name already exists";
const ERR_ENTRIES_READ = "ERR value for ENTRIESREAD must be positive or -1";
/** With MKSTREAM and ENTRIESREAD, and with the latter alone. */
const MOST_CREATE_ARGUMENTS = 8;
const MOST_SET_ARGUMENTS = 7;
const KEY_INDEX = 2;
const NAME_INDEX = 3;
/** The ID, or the consumer's name. */
const THIRD_INDEX = 4;

class Groups {
  readonly #groups: GroupAccess;
  readonly #id = new StreamId();
  #makesStream = false;
  #entriesRead = UNKNOWN;

  constructor(groups: GroupAccess) {
    this.#groups = groups;
  }

  create(call: DataCall): void {
    const { streams } = this.#groups;
    if (!this.#readOptions(call, true)) return;
    const state = streams.write(call, KEY_INDEX);
    if (state === NOT_A_STREAM) return;
    if (state !== A_STREAM && !this.#makesStream) call.reply.error(ERR_NO_KEY);
    else if (call.args.count > MOST_CREATE_ARGUMENTS) syntaxError(call);
    else if (this.#readId(call, state === A_STREAM, false)) this.#create(call, state === A_STREAM);
  }

  setId(call: DataCall): void {
    if (!this.#readOptions(call, false) || !this.#open(call)) return;
    if (call.args.count > MOST_SET_ARGUMENTS) {
      syntaxError(call);
      return;
    }
    if (!this.#readId(call, true, true)) return;
    const group = this.#groups.own(call);
    group.storeLastId(this.#id);
    group.entriesRead = this.#entriesRead;
    changedGroup(call, KEY_INDEX, "xgroup-setid");
    call.reply.ok();
  }

  destroy(call: DataCall): void {
    const { streams } = this.#groups;
    const { keyspace, reply } = call;
    const state = streams.write(call, KEY_INDEX);
    if (state === NOT_A_STREAM) return;
    if (state !== A_STREAM) {
      reply.error(ERR_NO_KEY);
      return;
    }
    if (!this.#groups.open(call, NAME_INDEX)) {
      reply.integer(0);
      return;
    }
    const group = this.#groups.own(call);
    const header = headerOfGroup(keyspace.memory, group.take());
    keyspace.lazyFree.value(keyspace.typeByCode(TYPE_STREAM), STREAM_ENCODING, header);
    changedGroup(call, KEY_INDEX, "xgroup-destroy");
    // Those who wait for the group are told that it is gone.
    call.signalReady(KEY_INDEX);
    reply.integer(1);
  }

  createConsumer(call: DataCall): void {
    if (!this.#open(call)) return;
    this.#groups.own(call);
    const isNew = this.#groups.findConsumer(call, THIRD_INDEX) === NO_CONSUMER;
    if (isNew) this.#groups.createConsumer(call, THIRD_INDEX, KEY_INDEX);
    call.reply.integer(isNew ? 1 : 0);
  }

  deleteConsumer(call: DataCall): void {
    if (!this.#open(call)) return;
    const group = this.#groups.own(call);
    const number = this.#groups.findConsumer(call, THIRD_INDEX);
    if (number === NO_CONSUMER) {
      call.reply.integer(0);
      return;
    }
    const pending = group.removeConsumer(number);
    changedGroup(call, KEY_INDEX, "xgroup-delconsumer");
    call.reply.integer(pending);
  }

  #create(call: DataCall, isThere: boolean): void {
    const { args } = call;
    const { streams } = this.#groups;
    if (!isThere) {
      streams.create(call, KEY_INDEX);
      call.signal(call.db, KEY_INDEX);
    }
    if (this.#groups.open(call, NAME_INDEX)) {
      call.reply.error(ERR_BUSY);
      return;
    }
    streams.own(call);
    const at = args.offset(NAME_INDEX);
    const length = args.length(NAME_INDEX);
    this.#groups.group(call).create(this.#id, this.#entriesRead, args.input, at, length);
    changedGroup(call, KEY_INDEX, "xgroup-create");
    call.reply.ok();
  }

  #readOptions(call: DataCall, isCreate: boolean): boolean {
    const { args } = call;
    this.#makesStream = false;
    this.#entriesRead = UNKNOWN;
    for (let i = THIRD_INDEX + 1; i < args.count; i++) {
      if (isCreate && args.is(i, MKSTREAM)) {
        this.#makesStream = true;
      } else if (args.is(i, ENTRIESREAD) && i + 1 < args.count) {
        if (!this.#readEntriesRead(call, ++i)) return false;
      } else {
        syntaxError(call);
        return false;
      }
    }
    return true;
  }

  #readEntriesRead(call: DataCall, index: number): boolean {
    const value = readInt64(call, index);
    if (value === undefined) return false;
    this.#entriesRead = value;
    if (value >= UNKNOWN) return true;
    call.reply.error(ERR_ENTRIES_READ);
    return false;
  }

  /** The ID of a group: `$` is the stream's last, 0-0 where there is no stream yet. */
  #readId(call: DataCall, isThere: boolean, takesEnds: boolean): boolean {
    const { streams } = this.#groups;
    if (isWord(call, THIRD_INDEX, DOLLAR)) {
      if (isThere) streams.stream(call).loadId(this.#id, STREAM_LAST_ID);
      else this.#id.setZero();
      return true;
    }
    if (takesEnds) return streams.readOpenId(call, THIRD_INDEX, this.#id, SEQ_ZERO);
    return streams.readId(call, THIRD_INDEX, this.#id);
  }

  /** Opens stream and group for a change; false, with the error written, when one is not there. */
  #open(call: DataCall): boolean {
    const { reply, args } = call;
    const state = this.#groups.streams.write(call, KEY_INDEX);
    if (state === NOT_A_STREAM) return false;
    if (state !== A_STREAM) {
      reply.error(ERR_NO_KEY);
      return false;
    }
    if (this.#groups.open(call, NAME_INDEX)) return true;
    const name = args.shownText(NAME_INDEX);
    const key = args.shownText(KEY_INDEX);
    reply.error(`NOGROUP No such consumer group '${name}' for key name '${key}'`);
    return false;
  }
}

function syntaxError(call: DataCall): void {
  call.reply.error(errSubcommandSyntax(call.args.shownText(1), "xgroup"));
}

function help(call: DataCall): void {
  replyHelp(call, [
    "CREATE <key> <groupname> <id|$> [option]",
    "    Makes a consumer group. Options:",
    "    * MKSTREAM",
    "      Makes an empty stream when there is none.",
    "    * ENTRIESREAD entries_read",
    "      Sets how many entries the group is taken to have read.",
    "CREATECONSUMER <key> <groupname> <consumer>",
    "    Makes a consumer of a group.",
    "DELCONSUMER <key> <groupname> <consumer>",
    "    Removes a consumer, and what is pending for it.",
    "DESTROY <key> <groupname>",
    "    Removes a group.",
    "SETID <key> <groupname> <id|$> [ENTRIESREAD entries_read]",
    "    Sets the last ID that a group has got, and how many entries it is taken to have read.",
  ]);
}

const ENTRIES_READ: ArgumentDoc = {
  name: "entries_read",
  type: "integer",
  token: "ENTRIESREAD",
  flags: ["optional"],
};
const ID_OR_NEW: ArgumentDoc = {
  name: "id",
  type: "oneof",
  arguments: [
    { name: "id", type: "string" },
    { name: "new_id", type: "pure-token", token: "$" },
  ],
};
const CONSUMER_NAME: ArgumentDoc = { name: "consumername", type: "string" };

interface Subcommand {
  readonly name: string;
  readonly since: string;
  readonly arity: number;
  readonly flags: readonly CommandFlag[];
  readonly keyFlag: KeyFlag;
  readonly summary: string;
  readonly complexity?: string;
  readonly arguments: readonly ArgumentDoc[];
  readonly history?: readonly (readonly [version: string, change: string])[];
  readonly handler: (call: DataCall) => void;
}

function subcommand({ keyFlag, complexity, ...parts }: Subcommand): CommandSpec<DataCall> {
  return {
    ...parts,
    group: "stream",
    complexity: complexity ?? "O(1)",
    keys: [keyAt(KEY_INDEX, "RW", keyFlag)],
    arguments: [KEY, GROUP_NAME, ...parts.arguments],
  };
}

function subcommands(groups: Groups): readonly CommandSpec<DataCall>[] {
  return [
    subcommand({
      name: "create",
      since: "5.0.0",
      arity: -5,
      flags: ["write", "denyoom"],
      keyFlag: "insert",
      summary: "Makes a consumer group.",
      arguments: [
        ID_OR_NEW,
        { name: "mkstream", type: "pure-token", token: "MKSTREAM", flags: ["optional"] },
        ENTRIES_READ,
      ],
      history: [["7.0.0", "Took ENTRIESREAD."]],
      handler: (call) => groups.create(call),
    }),
    subcommand({
      name: "setid",
      since: "5.0.0",
      arity: -5,
      flags: ["write"],
      keyFlag: "update",
      summary: "Sets the last ID that a group has got.",
      arguments: [ID_OR_NEW, ENTRIES_READ],
      history: [["7.0.0", "Took ENTRIESREAD."]],
      handler: (call) => groups.setId(call),
    }),
    subcommand({
      name: "destroy",
      since: "5.0.0",
      arity: 4,
      flags: ["write"],
      keyFlag: "delete",
      summary: "Removes a consumer group.",
      complexity: "O(1); what was pending is freed over time",
      arguments: [],
      handler: (call) => groups.destroy(call),
    }),
    subcommand({
      name: "createconsumer",
      since: "6.2.0",
      arity: 5,
      flags: ["write", "denyoom"],
      keyFlag: "insert",
      summary: "Makes a consumer of a group.",
      arguments: [CONSUMER_NAME],
      handler: (call) => groups.createConsumer(call),
    }),
    subcommand({
      name: "delconsumer",
      since: "5.0.0",
      arity: 5,
      flags: ["write"],
      keyFlag: "delete",
      summary: "Removes a consumer of a group, and what is pending for it.",
      arguments: [CONSUMER_NAME],
      handler: (call) => groups.deleteConsumer(call),
    }),
  ];
}

export function groupCommands(access: GroupAccess): readonly CommandSpec<DataCall>[] {
  const groups = new Groups(access);
  return [
    {
      name: "xgroup",
      arity: -2,
      flags: [],
      group: "stream",
      since: "5.0.0",
      summary: "Makes, sets and removes consumer groups and their consumers.",
      complexity: "Depends on the subcommand.",
      subcommands: [
        ...subcommands(groups),
        {
          name: "help",
          arity: 2,
          flags: ["loading", "stale"],
          group: "stream",
          since: "5.0.0",
          summary: "Explains the subcommands.",
          complexity: "O(1)",
          handler: help,
        },
      ],
    },
  ];
}
