import { latin1Bytes } from "../../../base/bytes";
import { ERR_NO_SUCH_KEY, errSubcommandSyntax } from "../../../command/error-texts";
import { replyHelp } from "../../../command/help-reply";
import { type ArgumentDoc, type CommandSpec, keyAt } from "../../../command/spec";
import type { DataCall } from "../../../keyspace/data-call";
import type { GroupAccess } from "../groups/group-access";
import { GroupInfo } from "../groups/group-info";
import { RadixNodes } from "../radix-nodes";
import type { Stream } from "../stream";
import { A_STREAM, NO_STREAM, readInteger } from "../stream-access";
import { StreamId } from "../stream-id";
import { NODE_ID, STREAM_FIRST_ID, STREAM_LAST_ID, STREAM_MAX_DELETED_ID } from "../stream-layout";
import { MAX_ID, ZERO_ID } from "../stream-reader";
import { replyEntry } from "../stream-reply";
import { COUNT, GROUP_NAME, KEY } from "./docs";

/** XINFO: what there is to know of a stream, its groups and their consumers. */

const FULL = latin1Bytes("full");
const COUNT_WORD = latin1Bytes("count");
const DEFAULT_COUNT = 10;
const KEY_INDEX = 2;

class Info {
  readonly #groups: GroupAccess;
  readonly #info: GroupInfo;
  readonly #id = new StreamId();

  constructor(groups: GroupAccess) {
    this.#groups = groups;
    this.#info = new GroupInfo(groups);
  }

  stream(call: DataCall): void {
    if (!this.#open(call)) return;
    const { args, reply } = call;
    const stream = this.#groups.streams.stream(call);
    if (args.count === KEY_INDEX + 1) {
      reply.map(10);
      this.#replyHead(call, stream);
      this.#replyEnds(call, stream);
      return;
    }
    const count = readFullCount(call);
    if (Number.isNaN(count)) return;
    reply.map(9);
    this.#replyHead(call, stream);
    this.#replyEntries(call, stream, count);
    reply.bulkLatin1("groups");
    this.#info.replyAll(call, count);
  }

  groups(call: DataCall): void {
    if (this.#open(call)) this.#info.replyGroups(call);
  }

  consumers(call: DataCall): void {
    if (!this.#open(call)) return;
    if (this.#groups.open(call, KEY_INDEX + 1)) {
      this.#info.replyConsumers(call);
      return;
    }
    const name = call.args.shownText(KEY_INDEX + 1);
    const key = call.args.shownText(KEY_INDEX);
    call.reply.error(`NOGROUP No such consumer group '${name}' for key name '${key}'`);
  }

  #open(call: DataCall): boolean {
    const state = this.#groups.streams.read(call, KEY_INDEX);
    if (state === NO_STREAM) call.reply.error(ERR_NO_SUCH_KEY);
    return state === A_STREAM;
  }

  /** Seven pairs that both forms begin with. */
  #replyHead(call: DataCall, stream: Stream): void {
    const { reply, keyspace } = call;
    const radix = new RadixNodes();
    let nodes = 0;
    stream.forEachNode((node) => {
      radix.add(this.#id.load(keyspace.memory, node, NODE_ID));
      nodes++;
    });
    reply.bulkLatin1("length");
    reply.integer(stream.length);
    reply.bulkLatin1("radix-tree-keys");
    reply.integer(nodes);
    reply.bulkLatin1("radix-tree-nodes");
    reply.integer(radix.count);
    reply.bulkLatin1("last-generated-id");
    this.#replyId(call, stream, STREAM_LAST_ID);
    reply.bulkLatin1("max-deleted-entry-id");
    this.#replyId(call, stream, STREAM_MAX_DELETED_ID);
    reply.bulkLatin1("entries-added");
    reply.bigInteger(stream.entriesAdded);
    reply.bulkLatin1("recorded-first-entry-id");
    this.#replyId(call, stream, STREAM_FIRST_ID);
  }

  #replyId(call: DataCall, stream: Stream, word: number): void {
    this.#groups.streams.text.reply(call.reply, stream.loadId(this.#id, word));
  }

  #replyEnds(call: DataCall, stream: Stream): void {
    const { reply } = call;
    const { text } = this.#groups.streams;
    reply.bulkLatin1("groups");
    reply.integer(this.#info.groupCount(call));
    reply.bulkLatin1("first-entry");
    stream.seekRange(ZERO_ID, MAX_ID);
    if (stream.next()) replyEntry(call, text, stream.node, false);
    else reply.nil();
    reply.bulkLatin1("last-entry");
    stream.seekRangeEnd(ZERO_ID, MAX_ID);
    if (stream.previous()) replyEntry(call, text, stream.node, false);
    else reply.nil();
  }

  #replyEntries(call: DataCall, stream: Stream, most: number): void {
    const { reply } = call;
    const { text } = this.#groups.streams;
    reply.bulkLatin1("entries");
    const count = Math.min(most, stream.length);
    reply.array(count);
    stream.seekRange(ZERO_ID, MAX_ID);
    for (let left = count; left > 0 && stream.next(); left--) {
      replyEntry(call, text, stream.node, false);
    }
  }
}

/** The COUNT of FULL, infinite for 0; NaN, with the error written, when the words are others. */
function readFullCount(call: DataCall): number {
  const { args, reply } = call;
  const isLong = args.count === KEY_INDEX + 4;
  const isFull = (isLong || args.count === KEY_INDEX + 2) && args.is(KEY_INDEX + 1, FULL);
  if (!isFull || (isLong && !args.is(KEY_INDEX + 2, COUNT_WORD))) {
    reply.error(errSubcommandSyntax(args.shownText(1), "xinfo"));
    return Number.NaN;
  }
  if (!isLong) return DEFAULT_COUNT;
  const count = readInteger(call, KEY_INDEX + 3);
  if (count === 0) return Number.POSITIVE_INFINITY;
  return count < 0 ? DEFAULT_COUNT : count;
}

function help(call: DataCall): void {
  replyHelp(call, [
    "CONSUMERS <key> <groupname>",
    "    Tells of the consumers of a group.",
    "GROUPS <key>",
    "    Tells of the consumer groups of a stream.",
    "STREAM <key> [FULL [COUNT <count>]",
    "    Tells of a stream; FULL also its entries, its groups and what is pending.",
  ]);
}

function subcommand(
  name: string,
  arity: number,
  summary: string,
  rest: readonly ArgumentDoc[],
  handler: (call: DataCall) => void,
): CommandSpec<DataCall> {
  return {
    name,
    arity,
    flags: ["readonly"],
    group: "stream",
    since: "5.0.0",
    summary,
    complexity: "O(1)",
    keys: [keyAt(KEY_INDEX, "RO", "access")],
    arguments: [KEY, ...rest],
    handler,
  };
}

function streamInfo(info: Info): CommandSpec<DataCall> {
  const full: ArgumentDoc = {
    name: "full",
    type: "block",
    token: "FULL",
    flags: ["optional"],
    arguments: [COUNT],
  };
  return {
    ...subcommand("stream", -3, "Tells of a stream.", [full], (call) => info.stream(call)),
    complexity: "O(N) in the number of nodes, each of which holds about a hundred entries",
    history: [
      ["6.0.0", "Took FULL."],
      ["7.0.0", "Tells what was added and deleted, and how far groups are behind."],
    ],
  };
}

export function infoCommands(access: GroupAccess): readonly CommandSpec<DataCall>[] {
  const info = new Info(access);
  const groups = subcommand("groups", 3, "Tells of the groups of a stream.", [], (call) =>
    info.groups(call),
  );
  const consumers = subcommand(
    "consumers",
    4,
    "Tells of the consumers of a group.",
    [GROUP_NAME],
    (call) => info.consumers(call),
  );
  return [
    {
      name: "xinfo",
      arity: -2,
      flags: [],
      group: "stream",
      since: "5.0.0",
      summary: "Tells of streams, their groups and consumers.",
      complexity: "Depends on the subcommand.",
      subcommands: [
        streamInfo(info),
        { ...groups, history: [["7.0.0", "Tells how much was read, and how far it is behind."]] },
        {
          ...consumers,
          tips: ["nondeterministic_output"],
          history: [["7.2.0", "Tells for how long a consumer has got nothing."]],
        },
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
