import { latin1Bytes } from "../../base/bytes";
import { ERR_SYNTAX } from "../../command/error-texts";
import type { ArgumentDoc, CommandSpec } from "../../command/spec";
import {
  AFTER_CACHING,
  type Client,
  TRACKING_BROADCAST,
  TRACKING_BROKEN,
  TRACKING_NO_LOOP,
  TRACKING_OPT_IN,
  TRACKING_OPT_OUT,
} from "../../session/client";
import type { SessionCall } from "../../session/session-call";
import type { Tracking } from "./tracking";
import { problemOfOptions, problemOfPrefixes, readTrackingOptions } from "./tracking-options";

/** CLIENT TRACKING, CACHING and TRACKINGINFO. GETREDIR only reads the client and is of the session. */

const ON = latin1Bytes("on");
const OFF = latin1Bytes("off");
const YES = latin1Bytes("yes");
const NO = latin1Bytes("no");

function setTracking(call: SessionCall, tracking: Tracking): void {
  const { args, client, reply } = call;
  const options = readTrackingOptions(call);
  if (typeof options === "string") {
    reply.error(options);
  } else if (args.is(2, OFF)) {
    tracking.disable(client);
    reply.ok();
  } else if (!args.is(2, ON)) {
    reply.error(ERR_SYNTAX);
  } else {
    const { modes, redirectId, prefixAt } = options;
    const existing = prefixAt.length === 0 ? [] : tracking.prefixes.of(client);
    const problem = problemOfOptions(call, options) ?? problemOfPrefixes(call, prefixAt, existing);
    if (problem !== undefined) {
      reply.error(problem);
      return;
    }
    const prefixes = prefixAt.map((index) => args.copy(index));
    tracking.enable(client, modes, redirectId, prefixes);
    reply.ok();
  }
}

/** CLIENT CACHING: the next command is tracked (OPTIN) or is not (OPTOUT), against the rule. */
function setCaching(call: SessionCall): void {
  const { args, client, reply } = call;
  if (client.tracking === 0) {
    reply.error(
      "ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or " +
        "OPTOUT mode enabled",
    );
    return;
  }
  const isYes = args.is(2, YES);
  if (!isYes && !args.is(2, NO)) {
    reply.error(ERR_SYNTAX);
  } else if (isYes && (client.tracking & TRACKING_OPT_IN) === 0) {
    reply.error("ERR CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode.");
  } else if (!isYes && (client.tracking & TRACKING_OPT_OUT) === 0) {
    reply.error("ERR CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode.");
  } else {
    client.after |= AFTER_CACHING;
    reply.ok();
  }
}

function trackingInfo(call: SessionCall, tracking: Tracking): void {
  const { client, reply } = call;
  const flags = flagsOf(client);
  const prefixes = tracking.prefixes.of(client);
  reply.map(3);
  reply.bulkText("flags");
  reply.set(flags.length);
  for (const flag of flags) reply.bulkText(flag);
  reply.bulkText("redirect");
  reply.integer(client.tracking === 0 ? -1 : client.redirectId);
  reply.bulkText("prefixes");
  reply.array(prefixes.length);
  for (const prefix of prefixes) reply.bulk(prefix, 0, prefix.length);
}

function flagsOf({ tracking, after }: Client): string[] {
  if (tracking === 0) return ["off"];
  const isNamed = (after & AFTER_CACHING) !== 0;
  const flags = ["on"];
  if ((tracking & TRACKING_BROADCAST) !== 0) flags.push("bcast");
  if ((tracking & TRACKING_OPT_IN) !== 0) flags.push("optin", ...(isNamed ? ["caching-yes"] : []));
  if ((tracking & TRACKING_OPT_OUT) !== 0) flags.push("optout", ...(isNamed ? ["caching-no"] : []));
  if ((tracking & TRACKING_NO_LOOP) !== 0) flags.push("noloop");
  if ((tracking & TRACKING_BROKEN) !== 0) flags.push("broken_redirect");
  return flags;
}

const TRACKING_ARGUMENTS: readonly ArgumentDoc[] = [
  {
    name: "status",
    type: "oneof",
    arguments: [
      { name: "on", type: "pure-token", token: "ON" },
      { name: "off", type: "pure-token", token: "OFF" },
    ],
  },
  { name: "client-id", type: "integer", token: "REDIRECT", flags: ["optional"] },
  {
    name: "prefix",
    type: "string",
    token: "PREFIX",
    flags: ["optional", "multiple", "multiple_token"],
  },
  { name: "bcast", type: "pure-token", token: "BCAST", flags: ["optional"] },
  { name: "optin", type: "pure-token", token: "OPTIN", flags: ["optional"] },
  { name: "optout", type: "pure-token", token: "OPTOUT", flags: ["optional"] },
  { name: "noloop", type: "pure-token", token: "NOLOOP", flags: ["optional"] },
];

const COMMON = {
  flags: ["noscript", "loading", "stale"],
  group: "connection",
  categories: ["connection"],
} as const;

/** Subcommands of CLIENT. */
export function trackingCommands(tracking: Tracking): readonly CommandSpec<SessionCall>[] {
  return [
    {
      ...COMMON,
      name: "tracking",
      arity: -3,
      since: "6.0.0",
      summary: "Switches on or off that the connection is told when keys it has read change.",
      complexity: "O(1), and O(N) in the number of prefixes.",
      arguments: TRACKING_ARGUMENTS,
      handler: (call) => setTracking(call, tracking),
    },
    {
      ...COMMON,
      name: "caching",
      arity: 3,
      since: "6.0.0",
      summary: "Tells whether the keys of the next command are tracked.",
      complexity: "O(1)",
      arguments: [
        {
          name: "mode",
          type: "oneof",
          arguments: [
            { name: "yes", type: "pure-token", token: "YES" },
            { name: "no", type: "pure-token", token: "NO" },
          ],
        },
      ],
      handler: setCaching,
    },
    {
      ...COMMON,
      name: "trackinginfo",
      arity: 2,
      since: "6.2.0",
      summary: "Tells how the connection tracks keys.",
      complexity: "O(1)",
      handler: (call) => trackingInfo(call, tracking),
    },
  ];
}
