import { latin1Bytes } from "../../../base/bytes";
import {
  ERR_NOT_INTEGER,
  ERR_SYNTAX,
  ERR_TIMEOUT_NEGATIVE,
  ERR_TIMEOUT_NOT_INTEGER,
  errSubcommandSyntax,
} from "../../../command/error-texts";
import type { CommandSpec } from "../../../command/spec";
import { REPLY_OFF, REPLY_ON, REPLY_SKIP_NEXT } from "../../client";
import { PAUSE_ALL, PAUSE_WRITE } from "../../pauses";
import type { SessionCall } from "../../session-call";
import type { SessionContext } from "../../session-context";

/** CLIENT PAUSE, UNPAUSE, UNBLOCK and REPLY: whether commands are run and answered. */

const WRITE = latin1Bytes("write");
const ALL = latin1Bytes("all");
const TIMEOUT = latin1Bytes("timeout");
const ERROR = latin1Bytes("error");
const ON = latin1Bytes("on");
const OFF = latin1Bytes("off");
const SKIP = latin1Bytes("skip");

function pause(call: SessionCall, session: SessionContext): void {
  const { args, reply } = call;
  if (args.count > 4) {
    reply.error(errSubcommandSyntax(args.shownText(1), "client"));
    return;
  }
  const hasMode = args.count === 4;
  if (hasMode && !args.is(3, WRITE) && !args.is(3, ALL)) {
    reply.error("ERR CLIENT PAUSE mode must be WRITE or ALL");
    return;
  }
  const durationMs = args.clampedInteger(2);
  if (Number.isNaN(durationMs)) {
    reply.error(ERR_TIMEOUT_NOT_INTEGER);
    return;
  }
  if (durationMs < 0) {
    reply.error(ERR_TIMEOUT_NEGATIVE);
    return;
  }
  const kind = hasMode && args.is(3, WRITE) ? PAUSE_WRITE : PAUSE_ALL;
  session.pauses.begin("command", kind, call.nowMs + durationMs);
  reply.ok();
}

function unpause(call: SessionCall, session: SessionContext): void {
  session.pauses.end("command");
  call.reply.ok();
}

function unblock(call: SessionCall, session: SessionContext): void {
  const { args, clients, reply } = call;
  if (args.count > 4) {
    reply.error(errSubcommandSyntax(args.shownText(1), "client"));
  } else if (args.count === 4 && !args.is(3, TIMEOUT) && !args.is(3, ERROR)) {
    reply.error("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR");
  } else {
    const id = args.clampedInteger(2);
    if (Number.isNaN(id)) {
      reply.error(ERR_NOT_INTEGER);
      return;
    }
    const client = clients.byId(id);
    const withError = args.count === 4 && args.is(3, ERROR);
    const isUnblocked = client !== undefined && session.blocked.unblock(client, withError);
    reply.integer(isUnblocked ? 1 : 0);
  }
}

function setReplyMode(call: SessionCall): void {
  const { args, client, reply } = call;
  if (args.is(2, ON)) {
    client.replyMode = REPLY_ON;
    reply.begin(client.slot);
    reply.ok();
  } else if (args.is(2, OFF)) {
    client.replyMode = REPLY_OFF;
  } else if (args.is(2, SKIP)) {
    if (client.replyMode !== REPLY_OFF) client.replyMode = REPLY_SKIP_NEXT;
  } else {
    reply.error(ERR_SYNTAX);
  }
}

export function trafficCommands(session: SessionContext): readonly CommandSpec<SessionCall>[] {
  return [
    {
      name: "pause",
      arity: -3,
      flags: ["admin", "noscript", "loading", "stale"],
      group: "connection",
      since: "2.9.50",
      summary: "Puts off all commands, or those that write, for a while.",
      complexity: "O(1)",
      categories: ["connection"],
      history: [["6.2.0", "`CLIENT PAUSE WRITE` mode added along with the `mode` option."]],
      arguments: [
        { name: "timeout", type: "integer" },
        {
          name: "mode",
          type: "oneof",
          since: "6.2.0",
          flags: ["optional"],
          arguments: [
            { name: "write", type: "pure-token", token: "WRITE" },
            { name: "all", type: "pure-token", token: "ALL" },
          ],
        },
      ],
      handler: (call) => pause(call, session),
    },
    {
      name: "unpause",
      arity: 2,
      flags: ["admin", "noscript", "loading", "stale"],
      group: "connection",
      since: "6.2.0",
      summary: "Ends a pause.",
      complexity: "O(N) Where N is the number of paused clients",
      categories: ["connection"],
      handler: (call) => unpause(call, session),
    },
    {
      name: "unblock",
      arity: -3,
      flags: ["admin", "noscript", "loading", "stale"],
      group: "connection",
      since: "5.0.0",
      summary: "Wakes a client that waits in a blocking command.",
      complexity: "O(log N) where N is the number of client connections",
      categories: ["connection"],
      arguments: [
        { name: "client-id", type: "integer" },
        {
          name: "timeout_error",
          type: "oneof",
          flags: ["optional"],
          arguments: [
            { name: "timeout", type: "pure-token", token: "TIMEOUT" },
            { name: "error", type: "pure-token", token: "ERROR" },
          ],
        },
      ],
      handler: (call) => unblock(call, session),
    },
    {
      name: "reply",
      arity: 3,
      flags: ["noscript", "loading", "stale"],
      group: "connection",
      since: "3.2.0",
      summary: "Switches replies to the connection on or off, or skips the next one.",
      complexity: "O(1)",
      categories: ["connection"],
      arguments: [
        {
          name: "on_off_skip",
          type: "oneof",
          arguments: [
            { name: "on", type: "pure-token", token: "ON" },
            { name: "off", type: "pure-token", token: "OFF" },
            { name: "skip", type: "pure-token", token: "SKIP" },
          ],
        },
      ],
      handler: setReplyMode,
    },
  ];
}
