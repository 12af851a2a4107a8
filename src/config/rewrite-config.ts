/**
 * CONFIG REWRITE as a function from the old text and the current configuration to the new text.
 * Reading and replacing the file is atomic-write.ts's work.
 *
 * What always holds: reading the new text gives the values that were written; a directive with its
 * default value is not added; rewriting the result again changes nothing.
 */
import { lowerByteText } from "./byte-text";
import type { Config } from "./config";
import type { Directive } from "./directive";
import { RewriteLines } from "./rewrite-lines";
import type { DirectiveName } from "./rows/table";

export interface RewriteInput {
  /** The text of the file now, or undefined when it does not exist. */
  readonly oldText: string | undefined;
  readonly config: Config;
  /**
   * What stands behind `user` on one line per user; none when users live in a file of their own
   * (`aclfile`). Undefined leaves the lines of users as they are.
   */
  readonly users: readonly string[] | undefined;
}

/** Lines of these are no values: whoever wrote them into the file keeps them. */
const KEPT_OPTIONS: ReadonlySet<string> = new Set(["include", "rename-command", "sentinel"]);

export function rewriteConfig(input: RewriteInput): string {
  const { config } = input;
  const lines = new RewriteLines(input.oldText, (args) => configOption(config, args));
  writeDirectives(lines, config);
  if (input.users !== undefined) {
    for (const user of input.users) lines.write("user", `user ${user}`, true);
    lines.finish("user");
  }
  return lines.text();
}

/**
 * Every directive, in the order of the table. Sentinel's rewrite calls it too and leaves `save`
 * out, which would be written even when nobody gave it.
 */
export function writeDirectives(
  lines: RewriteLines,
  config: Config,
  except: ReadonlySet<DirectiveName> = new Set(),
): void {
  for (const [directive, value] of config.all()) {
    if (except.has(directive.name)) continue;
    for (const { part, text, forced } of directive.lines(value)) {
      lines.write(optionKey(directive, part), `${directive.name} ${text}`, forced);
    }
    // A line that sets several parts at once has been replaced by lines of one part each.
    lines.finish(directive.name);
  }
}

/** The current name of the line's option, or undefined when nothing here reads such a line. */
export function configOption(config: Config, args: readonly string[]): string | undefined {
  const directive = config.directive(args[0]);
  if (directive !== undefined) return optionKey(directive, directive.partOf?.(args.slice(1)));
  const name = lowerByteText(args[0]);
  return KEPT_OPTIONS.has(name) || name === "user" ? name : undefined;
}

function optionKey(directive: Directive, part: string | undefined): string {
  return part === undefined ? directive.name : `${directive.name} ${part}`;
}
