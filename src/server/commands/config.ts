import { ERR_SYNTAX } from "../../command/error-texts";
import { replyHelp } from "../../command/help-reply";
import type { CommandSpec } from "../../command/spec";
import { encodeUtf8 } from "../../config/byte-text";
import type { Config } from "../../config/config";
import { rewriteConfigFile } from "../../config/rewrite-file";
import { defaultUserCredential } from "../../process/default-user";
import type { Client } from "../../session/client";
import { isLocal } from "../../session/local-address";
import type { SessionCall } from "../../session/session-call";
import type { SessionContext } from "../../session/session-context";
import type { ConfigPairs, ConfigSetter } from "../config-setter";

export interface ConfigCommandParts {
  readonly session: SessionContext;
  readonly setter: ConfigSetter;
  /** Absolute path, or empty. */
  readonly configFile: string;
  readonly resetStatistics: () => void;
  /** Whether the data set is being read: some directives must stay as they are then. */
  readonly isLoading: () => boolean;
}

const HELP_LINES: readonly string[] = [
  "GET <pattern>",
  "    Tell the parameters that match glob-style patterns, and their values.",
  "SET <directive> <value>",
  "    Give parameters new values: all of them, or none when one cannot be set.",
  "RESETSTAT",
  "    Let the statistics of INFO begin anew.",
  "REWRITE",
  "    Write the current values into the configuration file.",
];

/** CONFIG: looking at the configuration, changing it, and writing it back into its file. */
export function configCommands(parts: ConfigCommandParts): readonly CommandSpec<SessionCall>[] {
  return [
    {
      name: "config",
      arity: -2,
      flags: [],
      group: "server",
      since: "2.0.0",
      summary: "Looks at the configuration and changes it.",
      complexity: "Depends on the subcommand.",
      subcommands: [
        {
          ...administration("get", -3, "2.0.0", "Tells the values of parameters."),
          complexity: "O(N) in the number of parameters.",
          history: [["7.0.0", "Added the ability to pass multiple pattern parameters in one call"]],
          arguments: [
            {
              name: "parameter",
              type: "block",
              flags: ["multiple"],
              arguments: [{ name: "parameter", type: "string" }],
            },
          ],
          handler: (call) => get(call, parts.session.config),
        },
        {
          ...administration("set", -4, "2.0.0", "Gives parameters new values."),
          complexity: "O(N) in the number of parameters.",
          history: [["7.0.0", "Added the ability to set multiple parameters in one call."]],
          tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
          arguments: [
            {
              name: "parameter_value",
              type: "block",
              flags: ["multiple"],
              arguments: [
                { name: "parameter", type: "string" },
                { name: "value", type: "string" },
              ],
            },
          ],
          handler: (call) => set(call, parts),
        },
        {
          ...administration("resetstat", 2, "2.0.0", "Lets the statistics begin anew."),
          handler: (call) => {
            parts.resetStatistics();
            call.reply.ok();
          },
        },
        {
          ...administration("rewrite", 2, "2.8.0", "Writes the configuration into its file."),
          handler: (call) => rewrite(call, parts),
        },
        {
          name: "help",
          arity: 2,
          flags: ["loading", "stale"],
          group: "server",
          since: "5.0.0",
          summary: "Explains the subcommands.",
          complexity: "O(1)",
          handler: (call) => replyHelp(call, HELP_LINES),
        },
      ],
    },
  ];
}

function administration(name: string, arity: number, since: string, summary: string) {
  const flags = ["admin", "noscript", "loading", "stale"] as const;
  return { name, arity, since, summary, flags, group: "server", complexity: "O(1)" } as const;
}

function get({ args, reply }: SessionCall, config: Config): void {
  const patterns: string[] = [];
  for (let i = 2; i < args.count; i++) patterns.push(args.text(i));
  const found = config.get(patterns);
  reply.map(found.length);
  for (const [name, text] of found) {
    reply.bulkLatin1(name);
    reply.bulkLatin1(text);
  }
}

function set(call: SessionCall, { session, setter, isLoading }: ConfigCommandParts): void {
  const { args, client } = call;
  if (args.count % 2 !== 0) {
    call.reply.error(ERR_SYNTAX);
    return;
  }
  const pairs = readPairs(call, session.config);
  const circumstances = { local: isLocal(client.address), loading: isLoading() };
  if (!setter.takesTime(pairs)) {
    answer(call, session.config.set(pairs, circumstances));
    return;
  }
  session.turns.hold(client, false);
  setter.set(pairs, circumstances).then((problem) => {
    resume(call, client, session, problem);
  });
}

function readPairs(call: SessionCall, config: Config): ConfigPairs {
  const { args } = call;
  const pairs: [string, string][] = [];
  for (let i = 2; i < args.count; i += 2) {
    const name = args.text(i);
    if (config.isSensitive(name)) call.redact(i + 1);
    pairs.push([name, args.text(i + 1)]);
  }
  return pairs;
}

function answer({ reply }: SessionCall, problem: string | undefined): void {
  if (problem === undefined) reply.ok();
  else reply.error(problem);
}

/** Outside of a turn, for a client that has waited; it may be gone by now. */
function resume(
  call: SessionCall,
  client: Client,
  { turns, clients }: SessionContext,
  problem: string | undefined,
): void {
  if (clients.bySlot[client.slot] !== client || client.closing) return;
  turns.answering(client, () => answer(call, problem));
  turns.resume(client);
  turns.flushOutside();
}

function rewrite({ reply }: SessionCall, { session, configFile }: ConfigCommandParts): void {
  const { config, log } = session;
  if (configFile === "") {
    reply.error("ERR The server is running without a config file");
    return;
  }
  // As Redis writes it: a line of before would keep an old password.
  const user = `default on ${defaultUserCredential(config)} ~* &* +@all`;
  const problem = rewriteConfigFile(encodeUtf8(configFile), config, [user]);
  if (problem === undefined) {
    log.warning("CONFIG REWRITE executed with success.");
    reply.ok();
  } else {
    log.warning(`CONFIG REWRITE failed: ${problem}`);
    reply.error(`ERR Rewriting config file: ${problem}`);
  }
}
