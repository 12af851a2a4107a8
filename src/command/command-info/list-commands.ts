import { latin1Bytes } from "../../base/bytes";
import { globMatch } from "../../base/glob";
import { aclCategoriesOf } from "../acl-categories";
import type { Call } from "../call";
import type { Command } from "../command";
import type { CommandTable } from "../command-table";
import { ERR_SYNTAX } from "../error-texts";

/** COMMAND LIST: the names of commands, all or those that a filter lets through. */

const FILTERBY = latin1Bytes("filterby");
const MODULE = latin1Bytes("module");
const ACLCAT = latin1Bytes("aclcat");
const PATTERN = latin1Bytes("pattern");
/** COMMAND LIST FILTERBY <kind> <value> */
const KIND_INDEX = 3;
const VALUE_INDEX = 4;

type Filter = (command: Command<never>) => boolean;

/** Replies the names of commands and subcommands. */
export function listCommands(call: Call, table: CommandTable<never>): void {
  const { args, reply } = call;
  if (args.count === 2) {
    replyNames(call, [...table.all()]);
    return;
  }
  const filter = args.count === 5 && args.is(2, FILTERBY) ? readFilter(call) : undefined;
  if (filter === undefined) reply.error(ERR_SYNTAX);
  else replyNames(call, [...table.all()].filter(filter));
}

function readFilter(call: Call): Filter | undefined {
  const { args } = call;
  // There are no modules, so none has a command.
  if (args.is(KIND_INDEX, MODULE)) return () => false;
  if (args.is(KIND_INDEX, ACLCAT)) {
    const category = args.name(VALUE_INDEX).toLowerCase();
    return ({ spec }) => aclCategoriesOf(spec).includes(category);
  }
  if (!args.is(KIND_INDEX, PATTERN)) return undefined;
  const pattern = args.copy(VALUE_INDEX);
  return ({ fullName }) => {
    const name = latin1Bytes(fullName);
    return globMatch(pattern, 0, pattern.length, name, 0, name.length, true);
  };
}

function replyNames(call: Call, commands: readonly Command<never>[]): void {
  call.reply.array(commands.length);
  for (const { fullName } of commands) call.reply.bulkLatin1(fullName);
}
