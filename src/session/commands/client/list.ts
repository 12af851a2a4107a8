import { latin1Bytes } from "../../../base/bytes";
import { ERR_SYNTAX } from "../../../command/error-texts";
import type { ArgumentDoc, CommandSpec } from "../../../command/spec";
import type { ReplyWriter } from "../../../protocol/reply-writer";
import type { Client } from "../../client";
import { clientLine } from "../../client-line";
import { clientTypeNamed, clientTypeOf } from "../../client-type";
import type { SessionCall } from "../../session-call";
import type { SessionContext } from "../../session-context";

/** CLIENT LIST and CLIENT INFO: clients as lines of `name=value` pairs. */

const TYPE = latin1Bytes("type");
const ID = latin1Bytes("id");
const LINE_END = latin1Bytes("\r\n");
const PIECE_CHARACTERS = 1 << 20;

/** One client's line with its line end; the one that asks is running this very command. */
function lineOf(call: SessionCall, session: SessionContext, client: Client): string {
  const { clientMemory, clock } = session;
  if (client !== call.client) return `${clientLine(client, clientMemory, clock.nowMs())}\n`;
  const { args, command } = call;
  let argumentBytes = 0;
  for (let index = 0; index < args.count; index++) argumentBytes += args.length(index);
  // In a transaction it is EXEC that is being run.
  if (client.queued < 0) client.lastCommand = command;
  return `${clientLine(client, clientMemory, clock.nowMs(), argumentBytes)}\n`;
}

function info(call: SessionCall, session: SessionContext): void {
  call.reply.verbatim("txt", lineOf(call, session, call.client));
}

function list(call: SessionCall, session: SessionContext): void {
  const { args, clients, reply } = call;
  const found: Iterable<Client> | undefined = args.count === 2 ? clients.all() : chosen(call);
  if (found === undefined) return;
  const pieces: Buffer[] = [];
  let piece = "";
  for (const client of found) {
    piece += lineOf(call, session, client);
    if (piece.length < PIECE_CHARACTERS) continue;
    pieces.push(Buffer.from(piece, "latin1"));
    piece = "";
  }
  pieces.push(Buffer.from(piece, "latin1"));
  replyText(reply, pieces);
}

/** A verbatim text in pieces: many clients with long names do not fit into one string. */
function replyText(reply: ReplyWriter, pieces: readonly Buffer[]): void {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  reply.raw(latin1Bytes(reply.resp3 ? `=${length + 4}\r\ntxt:` : `$${length}\r\n`));
  for (const piece of pieces) reply.raw(piece);
  reply.raw(LINE_END);
}

/** The clients that the options ask for; undefined when they are wrong (the error is written). */
function chosen(call: SessionCall): Iterable<Client> | undefined {
  const { args, reply } = call;
  if (args.count === 4 && args.is(2, TYPE)) return ofType(call);
  if (args.count > 3 && args.is(2, ID)) return byIds(call);
  reply.error(ERR_SYNTAX);
  return undefined;
}

function ofType(call: SessionCall): Client[] | undefined {
  const { args, clients, reply } = call;
  const word = args.shownText(3);
  const type = clientTypeNamed(word);
  if (type !== undefined) return [...clients.all()].filter((one) => clientTypeOf(one) === type);
  reply.error(`ERR Unknown client type '${word}'`);
  return undefined;
}

function byIds(call: SessionCall): Client[] | undefined {
  const { args, clients, reply } = call;
  const found: Client[] = [];
  for (let index = 3; index < args.count; index++) {
    const id = args.clampedInteger(index);
    if (Number.isNaN(id)) {
      reply.error("ERR Invalid client ID");
      return undefined;
    }
    const client = clients.byId(id);
    if (client !== undefined) found.push(client);
  }
  return found;
}

const LIST_ARGUMENTS: readonly ArgumentDoc[] = [
  {
    name: "normal_master_replica_pubsub",
    type: "oneof",
    token: "TYPE",
    since: "5.0.0",
    flags: ["optional"],
    arguments: [
      { name: "normal", type: "pure-token", token: "NORMAL" },
      { name: "master", type: "pure-token", token: "MASTER" },
      { name: "replica", type: "pure-token", token: "REPLICA" },
      { name: "pubsub", type: "pure-token", token: "PUBSUB" },
    ],
  },
  {
    name: "id",
    type: "block",
    token: "ID",
    since: "6.2.0",
    flags: ["optional"],
    arguments: [{ name: "client-id", type: "integer", flags: ["multiple"] }],
  },
];

export function listCommands(session: SessionContext): readonly CommandSpec<SessionCall>[] {
  return [
    {
      name: "info",
      arity: 2,
      flags: ["noscript", "loading", "stale"],
      group: "connection",
      since: "6.2.0",
      summary: "Describes the connection in one line.",
      complexity: "O(1)",
      categories: ["connection"],
      tips: ["nondeterministic_output"],
      handler: (call) => info(call, session),
    },
    {
      name: "list",
      arity: -2,
      flags: ["admin", "noscript", "loading", "stale"],
      group: "connection",
      since: "2.4.0",
      summary: "Describes all connections, or some of them, in a line each.",
      complexity: "O(N) where N is the number of client connections",
      categories: ["connection"],
      tips: ["nondeterministic_output"],
      history: [
        ["2.8.12", "Added unique client `id` field."],
        ["5.0.0", "Added optional `TYPE` filter."],
        ["6.0.0", "Added `user` field."],
        [
          "6.2.0",
          "Added `argv-mem`, `tot-mem`, `laddr` and `redir` fields and the optional `ID` filter.",
        ],
        ["7.0.0", "Added `resp`, `multi-mem`, `rbs` and `rbp` fields."],
        ["7.0.3", "Added `ssub` field."],
        ["7.2.0", "Added `lib-name` and `lib-ver` fields."],
      ],
      arguments: LIST_ARGUMENTS,
      handler: (call) => list(call, session),
    },
  ];
}
