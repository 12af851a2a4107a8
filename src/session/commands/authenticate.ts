import { latin1Bytes } from "../../base/bytes";
import { REDIS_VERSION } from "../../base/redis-version";
import { ERR_SYNTAX } from "../../command/error-texts";
import type { ArgumentDoc, CommandSpec } from "../../command/spec";
import { takeClientName } from "../client-name";
import { DEFAULT_USER } from "../credentials";
import type { SessionCall } from "../session-call";
import type { SessionContext } from "../session-context";

/** AUTH and HELLO: who a client is, and which protocol it speaks. */

const ERR_WRONG_PASSWORD = "WRONGPASS invalid username-password pair or user is disabled.";
const ERR_NO_PASSWORD_SET =
  "ERR AUTH <password> called without any password configured for the default user. " +
  "Are you sure your configuration is correct?";
const ERR_HELLO_NO_AUTH =
  "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO " +
  "AUTH <user> <pass> option can be used to authenticate the client and select the " +
  "RESP protocol version at the same time";

const AUTH = latin1Bytes("auth");
const SETNAME = latin1Bytes("setname");
const DEFAULT_NAME = latin1Bytes(DEFAULT_USER);

function auth(call: SessionCall, session: SessionContext): void {
  const { args, client, reply } = call;
  const { authentication } = session;
  for (let index = 1; index < args.count; index++) call.redact(index);
  if (args.count > 3) {
    reply.error(ERR_SYNTAX);
    return;
  }
  const hasName = args.count === 3;
  if (!hasName && authentication.credentials.isOpen) {
    reply.error(ERR_NO_PASSWORD_SET);
    return;
  }
  const name = hasName ? args.copy(1) : DEFAULT_NAME;
  if (authentication.logIn(client, name, args.copy(args.count - 1))) reply.ok();
  else reply.error(ERR_WRONG_PASSWORD);
}

function hello(call: SessionCall, session: SessionContext): void {
  const { args, client, reply } = call;
  let protocol = client.resp3 ? 3 : 2;
  if (args.count > 1) {
    protocol = args.clampedInteger(1);
    if (Number.isNaN(protocol)) {
      reply.error("ERR Protocol version is not an integer or out of range");
      return;
    }
    if (protocol < 2 || protocol > 3) {
      reply.error("NOPROTO unsupported protocol version");
      return;
    }
  }
  if (!takeHelloOptions(call, session)) return;
  if (session.authentication.isRequiredOf(client)) {
    reply.error(ERR_HELLO_NO_AUTH);
    return;
  }
  client.resp3 = protocol === 3;
  reply.resp3 = client.resp3;
  replyHello(call, session);
}

/** Follows AUTH and SETNAME one after the other; false at the first that fails. */
function takeHelloOptions(call: SessionCall, session: SessionContext): boolean {
  const { args, client, reply } = call;
  for (let index = 2; index < args.count; index++) {
    const more = args.count - 1 - index;
    if (args.is(index, AUTH) && more >= 2) {
      call.redact(index + 1);
      call.redact(index + 2);
      if (!session.authentication.logIn(client, args.copy(index + 1), args.copy(index + 2))) {
        reply.error(ERR_WRONG_PASSWORD);
        return false;
      }
      index += 2;
    } else if (args.is(index, SETNAME) && more >= 1) {
      if (!takeClientName(call, index + 1)) return false;
      index++;
    } else {
      reply.error(`ERR Syntax error in HELLO option '${args.shownText(index)}'`);
      return false;
    }
  }
  return true;
}

function replyHello(call: SessionCall, session: SessionContext): void {
  const { client, reply } = call;
  const { mode, role } = session.identity;
  reply.map(role === undefined ? 6 : 7);
  reply.bulkText("server");
  reply.bulkText("redis");
  reply.bulkText("version");
  reply.bulkText(REDIS_VERSION);
  reply.bulkText("proto");
  reply.integer(client.resp3 ? 3 : 2);
  reply.bulkText("id");
  reply.integer(client.id);
  reply.bulkText("mode");
  reply.bulkText(mode);
  if (role !== undefined) {
    reply.bulkText("role");
    reply.bulkText(role());
  }
  reply.bulkText("modules");
  reply.array(0);
}

const HELLO_ARGUMENTS: readonly ArgumentDoc[] = [
  {
    name: "arguments",
    type: "block",
    flags: ["optional"],
    arguments: [
      { name: "protover", type: "integer" },
      {
        name: "username_password",
        type: "block",
        token: "AUTH",
        flags: ["optional"],
        arguments: [
          { name: "username", type: "string" },
          { name: "password", type: "string" },
        ],
      },
      { name: "clientname", type: "string", token: "SETNAME", flags: ["optional"] },
    ],
  },
];

export function authenticateCommands(session: SessionContext): readonly CommandSpec<SessionCall>[] {
  return [
    {
      name: "auth",
      arity: -2,
      flags: ["noscript", "loading", "stale", "fast", "no_auth", "allow_busy"],
      group: "connection",
      since: "1.0.0",
      summary: "Proves who the client is, by a password or a user name and a password.",
      complexity: "O(N) where N is the number of passwords defined for the user",
      categories: ["connection"],
      history: [["6.0.0", "Added ACL style (username and password)."]],
      arguments: [
        { name: "username", type: "string", since: "6.0.0", flags: ["optional"] },
        { name: "password", type: "string" },
      ],
      handler: (call) => auth(call, session),
    },
    {
      name: "hello",
      arity: -1,
      flags: ["noscript", "loading", "stale", "fast", "no_auth", "allow_busy"],
      group: "connection",
      since: "6.0.0",
      summary: "Tells of the server, and changes protocol, user and name in one step.",
      complexity: "O(1)",
      categories: ["connection"],
      history: [
        [
          "6.2.0",
          "`protover` made optional; when called without arguments the command reports the " +
            "current connection's context.",
        ],
      ],
      arguments: HELLO_ARGUMENTS,
      handler: (call) => hello(call, session),
    },
  ];
}
