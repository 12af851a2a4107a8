import { latin1Bytes } from "../../base/bytes";
import { errWrongArity } from "../../command/error-texts";
import type { CommandSpec } from "../../command/spec";
import { KIND_NORMAL } from "../client";
import type { SessionCall } from "../session-call";
import type { SessionContext } from "../session-context";

/** PING, ECHO, QUIT and RESET: what a connection can do before it knows anything of data. */

const PONG = latin1Bytes("PONG");
const RESET = latin1Bytes("RESET");

function ping(call: SessionCall): void {
  const { args, client, reply } = call;
  if (args.count > 2) {
    reply.error(errWrongArity(call.command.fullName));
  } else if (client.isSubscriber && !client.resp3) {
    // In RESP2 a subscriber can only be sent what looks like a message.
    reply.array(2);
    reply.bulkText("pong");
    if (args.count === 1) reply.bulkText("");
    else reply.bulk(args.input, args.offset(1), args.length(1));
  } else if (args.count === 1) {
    reply.status(PONG);
  } else {
    reply.bulk(args.input, args.offset(1), args.length(1));
  }
}

function echo(call: SessionCall): void {
  const { args, reply } = call;
  reply.bulk(args.input, args.offset(1), args.length(1));
}

function quit(call: SessionCall): void {
  call.reply.ok();
  call.clients.closeAfterReply(call.client);
}

function reset(call: SessionCall, session: SessionContext): void {
  const { client, reply } = call;
  if (client.kind !== KIND_NORMAL) {
    reply.error("ERR can only reset normal client connections");
    return;
  }
  session.reset(client);
  reply.resp3 = false;
  // CLIENT REPLY OFF has just been undone, so this reply is sent.
  reply.begin(client.slot);
  reply.status(RESET);
}

export function connectionCommands(session: SessionContext): readonly CommandSpec<SessionCall>[] {
  return [
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
      flags: ["loading", "stale", "fast"],
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
      inTransaction: "at-once",
      handler: quit,
    },
    {
      name: "reset",
      arity: 1,
      flags: ["noscript", "loading", "stale", "fast", "no_auth", "allow_busy"],
      group: "connection",
      since: "6.2.0",
      summary: "Brings the connection back to the state of a new one.",
      complexity: "O(1)",
      categories: ["connection"],
      inTransaction: "at-once",
      handler: (call) => reset(call, session),
    },
  ];
}
