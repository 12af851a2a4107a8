/** SENTINEL SET: options of one master, changed while it is watched. */
import type { SessionCall } from "../../session/session-call";
import type { Draft } from "../model/draft";
import type { Instance } from "../model/instance";
import { masterAt, replySaved } from "./command-words";
import type { SentinelControl } from "./sentinel-control";
import { SET_OPTIONS } from "./set-options";
import { MASTER_NAME, type SentinelSpec, subcommands } from "./subcommand";

const HIDDEN = "******";

export function settingCommands(control: SentinelControl): SentinelSpec[] {
  return subcommands(control, [
    {
      name: "set",
      arity: -5,
      since: "2.8.4",
      summary: "Changes options of a master.",
      complexity: "O(1)",
      arguments: [
        ...MASTER_NAME,
        {
          name: "option_value",
          type: "block",
          flags: ["multiple"],
          arguments: [
            { name: "option", type: "string" },
            { name: "value", type: "string" },
          ],
        },
      ],
      run: set,
    },
  ]);
}

function set(call: SessionCall, control: SentinelControl): void {
  const master = masterAt(call, 2, control);
  if (master === undefined) return;
  const error = control.change((draft) => setOptions(call, control, draft, master));
  if (error === undefined) replySaved(call, control.model.isSaved);
  else call.reply.error(error);
}

/** Sets one option after the other; returns the error that ended it. */
function setOptions(
  call: SessionCall,
  control: SentinelControl,
  draft: Draft,
  master: Instance,
): string | undefined {
  const { args } = call;
  let error: string | undefined;
  let at = 3;
  while (at < args.count && error === undefined) {
    const name = args.shownText(at);
    const option = SET_OPTIONS.get(name.toLowerCase());
    if (option === undefined || at + option.values >= args.count) {
      error = `ERR Unknown option or number of arguments for SENTINEL SET '${name}'`;
      break;
    }
    const { options } = master;
    if (options === undefined) throw new Error(`${master.name} is no master`);
    const refusal = option.set({ call, control, draft, master, options, at: at + 1 });
    if (refusal === undefined) {
      const values = option.isSecret === true ? HIDDEN : shownValues(call, at + 1, option.values);
      draft.event("warning", "+set", master, `${name} ${values}`);
      at += 1 + option.values;
    } else if ("error" in refusal) {
      ({ error } = refusal);
    } else {
      const value = args.shownText(refusal.badArgument);
      error = `ERR Invalid argument '${value}' for SENTINEL SET '${name}'`;
    }
  }
  if (at > 3) draft.save();
  return error;
}

function shownValues({ args }: SessionCall, at: number, count: number): string {
  const values: string[] = [];
  for (let index = at; index < at + count; index++) values.push(args.shownText(index));
  return values.join(" ");
}
