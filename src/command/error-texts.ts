/**
 * The texts of error replies that more than one command gives, as Redis words them.
 *
 * A text that only one command can give stands beside that command.
 */

export const ERR_SYNTAX = "ERR syntax error";
export const ERR_NOT_INTEGER = "ERR value is not an integer or out of range";
export const ERR_NOT_FLOAT = "ERR value is not a valid float";
export const ERR_WRONG_TYPE = "WRONGTYPE Operation against a key holding the wrong kind of value";
export const ERR_NO_SUCH_KEY = "ERR no such key";
export const ERR_DB_INDEX = "ERR DB index is out of range";
export const ERR_STRING_TOO_LONG = "ERR string exceeds maximum allowed size (proto-max-bulk-len)";
export const ERR_OUT_OF_MEMORY = "OOM command not allowed when used memory > 'maxmemory'.";
export const ERR_NO_AUTH = "NOAUTH Authentication required.";
export const ERR_TIMEOUT_NOT_INTEGER = "ERR timeout is not an integer or out of range";
export const ERR_TIMEOUT_NEGATIVE = "ERR timeout is negative";

/** Longest part of a user's name or argument that an error repeats. */
const SHOWN_BYTES = 128;

export function errWrongArity(commandName: string): string {
  return `ERR wrong number of arguments for '${commandName}' command`;
}

export function errInvalidExpire(commandName: string): string {
  return `ERR invalid expire time in '${commandName}' command`;
}

export function errUnknownSubcommand(given: string, container: string): string {
  return `ERR unknown subcommand '${given.slice(0, SHOWN_BYTES)}'. Try ${container.toUpperCase()} HELP.`;
}

/** A subcommand whose arguments are wrong in a way that its arity does not tell. */
export function errSubcommandSyntax(given: string, container: string): string {
  const shown = given.slice(0, SHOWN_BYTES);
  const help = `Try ${container.toUpperCase()} HELP.`;
  return `ERR unknown subcommand or wrong number of arguments for '${shown}'. ${help}`;
}

/** @param given the name as sent; @param rest the arguments behind it. */
export function errUnknownCommand(given: string, rest: readonly string[]): string {
  let shown = "";
  for (const argument of rest) {
    if (shown.length >= SHOWN_BYTES) break;
    shown += `'${argument.slice(0, SHOWN_BYTES - shown.length)}' `;
  }
  return `ERR unknown command '${given.slice(0, SHOWN_BYTES)}', with args beginning with: ${shown}`;
}
