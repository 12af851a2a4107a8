import type { Call } from "../call";
import type { Command } from "../command";
import { replyHelp } from "../help-reply";
import type { ArgumentDoc, CommandFlag, CommandSpec } from "../spec";
import type { TableHolder } from "../table-holder";
import { replyCommandDocs } from "./docs-reply";
import { replyKeys } from "./get-keys";
import { replyCommandInfo } from "./info-reply";
import { listCommands } from "./list-commands";

/** COMMAND and its subcommands: what there is to know about commands. */

const HELP_LINES = [
  "(no subcommand)",
  "    Tells all commands, as INFO does.",
  "COUNT",
  "    The number of commands, without subcommands.",
  "LIST",
  "    The names of all commands.",
  "INFO [<command-name> ...]",
  "    Arity, flags, keys, categories and subcommands of commands: those named, or all.",
  "DOCS [<command-name> ...]",
  "    What is documented about commands: those named, or all.",
  "GETKEYS <full-command>",
  "    Which arguments of a request are keys.",
  "GETKEYSANDFLAGS <full-command>",
  "    Which arguments of a request are keys, and what the command does with them.",
];

const FLAGS: readonly CommandFlag[] = ["loading", "stale"];
const UNORDERED = ["nondeterministic_output_order"];
const NAMES: readonly ArgumentDoc[] = [
  { name: "command-name", type: "string", flags: ["optional", "multiple"] },
];
const FILTER: readonly ArgumentDoc[] = [
  {
    name: "filterby",
    type: "oneof",
    token: "FILTERBY",
    flags: ["optional"],
    arguments: [
      { name: "module-name", type: "string", token: "MODULE" },
      { name: "category", type: "string", token: "ACLCAT" },
      { name: "pattern", type: "pattern", token: "PATTERN" },
    ],
  },
];

export function commandCommands(holder: TableHolder): readonly CommandSpec<Call>[] {
  const part = (
    name: string,
    arity: number,
    since: string,
    summary: string,
    handler: (call: Call) => void,
    more: Partial<CommandSpec<Call>> = {},
  ): CommandSpec<Call> => ({
    name,
    arity,
    flags: FLAGS,
    group: "server",
    since,
    summary,
    complexity: "O(N) in the number of commands answered",
    categories: ["connection"],
    handler,
    ...more,
  });
  const info = (call: Call): void => replyInfo(call, holder);
  const docs = (call: Call): void => replyDocs(call, holder);
  const list = (call: Call): void => listCommands(call, holder.table);
  const count = (call: Call): void => call.reply.integer(holder.table.commands.length);
  const keys = (call: Call): void => replyKeys(call, holder.table, false);
  const keysAndFlags = (call: Call): void => replyKeys(call, holder.table, true);
  const help = (call: Call): void => replyHelp(call, HELP_LINES);
  const inRequest = { complexity: "O(N) in the number of arguments" };
  const many = { tips: UNORDERED, arguments: NAMES };
  const infoHistory = [["7.0.0", "Tells all commands when none is named."]] as const;
  return [
    part("command", -1, "2.8.13", "Tells all commands.", info, {
      tips: UNORDERED,
      subcommands: [
        part("count", 2, "2.8.13", "Gives the number of commands.", count, { complexity: "O(1)" }),
        part("docs", -2, "7.0.0", "Gives the documentation of commands.", docs, many),
        part("getkeys", -4, "2.8.13", "Finds the keys of a request.", keys, inRequest),
        part(
          "getkeysandflags",
          -4,
          "7.0.0",
          "Finds the keys of a request and what is done with them.",
          keysAndFlags,
          inRequest,
        ),
        part("help", 2, "5.0.0", "Explains the subcommands.", help, { complexity: "O(1)" }),
        part("info", -2, "2.8.13", "Tells commands by their names, or all.", info, {
          ...many,
          history: infoHistory,
        }),
        part("list", -2, "7.0.0", "Gives the names of commands.", list, {
          tips: UNORDERED,
          arguments: FILTER,
        }),
      ],
    }),
  ];
}

/** Names that no command has are answered with nil. */
function replyInfo(call: Call, { table }: TableHolder): void {
  const { args, reply } = call;
  if (args.count <= 2) {
    const { commands } = table;
    reply.array(commands.length);
    for (const command of commands) replyCommandInfo(reply, command);
    return;
  }
  reply.array(args.count - 2);
  for (let i = 2; i < args.count; i++) {
    const command = table.findFull(args.name(i));
    if (command === undefined) reply.nil();
    else replyCommandInfo(reply, command);
  }
}

/** Names that no command has are left out. */
function replyDocs(call: Call, { table }: TableHolder): void {
  const { args, reply } = call;
  const named: Command<never>[] = [];
  for (let i = 2; i < args.count; i++) {
    const command = table.findFull(args.name(i));
    if (command !== undefined) named.push(command);
  }
  const commands = args.count === 2 ? table.commands : named;
  reply.map(commands.length);
  for (const command of commands) replyCommandDocs(reply, command);
}
