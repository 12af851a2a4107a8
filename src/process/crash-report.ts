/**
 * What the log keeps of a crash: enough to find the mistake, and none of the users' data. Of the
 * command that was being run it tells the name and the number of arguments, not what they hold.
 *
 * Texts only: whoever has caught the exception writes them and ends the process.
 */
import { PRODUCT_NAME, PRODUCT_VERSION } from "../base/product";
import { REDIS_VERSION } from "../base/redis-version";

export interface CrashFacts {
  readonly error: unknown;
  /** Where it came from: `a command`, `uncaughtException`, ... */
  readonly origin: string;
  readonly command?: { readonly name: string; readonly argumentCount: number };
  /** The client as CLIENT LIST shows it. */
  readonly clientLine?: string;
  /** `name:value` lines about the process. */
  readonly facts: readonly (readonly [name: string, value: string | number])[];
}

/** One line for the log. */
export function crashLine(facts: CrashFacts): string {
  const { error } = facts;
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return `Redis ${REDIS_VERSION} crashed by an unexpected exception (${facts.origin}): ${text}`;
}

/** Several lines, between two that tools look for. */
export function crashReport(crash: CrashFacts): string {
  const { error, command, clientLine, facts } = crash;
  const lines = [
    "",
    "=== REDIS BUG REPORT START: Cut & paste starting from here ===",
    crashLine(crash),
    `${PRODUCT_NAME} ${PRODUCT_VERSION}, Node.js ${process.version}, ${process.platform}`,
    "------ STACK TRACE ------",
    ...stackLines(error),
  ];
  if (command !== undefined) {
    lines.push("------ CURRENT COMMAND ------");
    lines.push(`command:${command.name}`, `arguments:${command.argumentCount}`);
  }
  if (clientLine !== undefined) lines.push("------ CURRENT CLIENT INFO ------", clientLine);
  lines.push("------ INFO OUTPUT ------", ...facts.map(([name, value]) => `${name}:${value}`));
  lines.push("=== REDIS BUG REPORT END. Make sure to include from START to END. ===", "");
  return lines.join("\n");
}

/** The message of an error may quote what a user sent; it is in the first line already. */
function stackLines(error: unknown): string[] {
  if (!(error instanceof Error) || error.stack === undefined) return ["(none)"];
  return error.stack.split("\n").filter((line) => line.startsWith("    at "));
}
