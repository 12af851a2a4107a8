import { latin1Bytes } from "../../base/bytes";
import { errWrongArity } from "../../command/error-texts";
import type { CommandSpec } from "../../command/spec";
import type { SessionCall } from "../session-call";

/** PING, ECHO and QUIT: what a connection can do before it knows anything of data. */

const PONG = latin1Bytes("PONG");

function ping(call: SessionCall): void {
  const { args, reply } = call;
  if (args.count > 2) reply.error(errWrongArity(call.command.fullName));
  else if (args.count === 1) reply.status(PONG);
  else reply.bulk(args.input, args.offset(1), args.length(1));
}

function echo(call: SessionCall): void {
  const { args, reply } = call;
  reply.bulk(args.input, args.offset(1), args.length(1));
}

function quit(call: SessionCall): void {
  call.reply.ok();
  call.clients.closeAfterReply(call.client);
}

export const connectionCommands: readonly CommandSpec<SessionCall>[] = [
  {
    name: "ping",
    arity: -1,
    flags: ["fast"],
    group: "connection",
    since: "1.0.0",
    summary: "Answers PONG, or the message given.",
    complexity: "O(1)",
    categories: ["connection"],
    tips: ["request_policy:all_shards", "response_policy:all_succeeded"],
    arguments: [{ name: "message", type: "string", flags: ["optional"] }],
    handler: ping,
  },
  {
    name: "echo",
    arity: 2,
    flags: ["fast"],
    group: "connection",
    since: "1.0.0",
    summary: "Answers the message given.",
    complexity: "O(1)",
    categories: ["connection"],
    arguments: [{ name: "message", type: "string" }],
    handler: echo,
  },
  {
    name: "quit",
    arity: -1,
    flags: ["noscript", "loading", "stale", "fast", "no_auth", "allow_busy"],
    group: "connection",
    since: "1.0.0",
    summary: "Answers OK and closes the connection.",
    complexity: "O(1)",
    categories: ["connection"],
    handler: quit,
  },
];
