/** What the declarations of SENTINEL's subcommands have in common. */
import type { ArgumentDoc, CommandSpec } from "../../command/spec";
import type { SessionCall } from "../../session/session-call";
import type { SentinelControl } from "./sentinel-control";

export type SentinelSpec = CommandSpec<SessionCall>;

export type SentinelHandler = (call: SessionCall, control: SentinelControl) => void;

export interface Subcommand extends Partial<Omit<SentinelSpec, "handler">> {
  readonly name: string;
  readonly arity: number;
  readonly since: string;
  readonly summary: string;
  readonly run: SentinelHandler;
}

export const MASTER_NAME: readonly ArgumentDoc[] = [{ name: "master-name", type: "string" }];

/** Declarations of subcommands that are run with this control. */
export function subcommands(
  control: SentinelControl,
  parts: readonly Subcommand[],
): SentinelSpec[] {
  return parts.map(({ run, ...part }) => ({
    flags: ["admin"],
    group: "sentinel",
    complexity: "",
    ...part,
    handler: (call) => run(call, control),
  }));
}
