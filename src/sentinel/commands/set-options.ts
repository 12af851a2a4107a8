/**
 * The options of SENTINEL SET: how each reads its value and changes a master. As in Redis an option
 * that is refused ends the command, and those in front of it stay changed.
 */
import { lowerByteText } from "../../config/byte-text";
import type { SessionCall } from "../../session/session-call";
import type { Draft } from "../model/draft";
import type { Instance, MasterOptions } from "../model/instance";
import { closeLink } from "../monitor/link-life";
import { wordAt } from "./command-words";
import type { SentinelControl } from "./sentinel-control";

/** A value that the option does not take, at this argument; or an error of its own. */
export type Refusal = { readonly badArgument: number } | { readonly error: string };

export interface SetOption {
  /** How many arguments stand behind its name. */
  readonly values: number;
  /** Its value is not told to anybody. */
  readonly isSecret?: boolean;
  /** Reads the values from the argument `at` on and changes the master, or says why not. */
  set(change: OptionChange): Refusal | undefined;
}

export interface OptionChange {
  readonly call: SessionCall;
  readonly control: SentinelControl;
  readonly draft: Draft;
  readonly master: Instance;
  readonly options: MasterOptions;
  readonly at: number;
}

const ERR_SCRIPTS_DENIED =
  "ERR Reconfiguration of scripts path is denied for security reasons. Check the " +
  "deny-scripts-reconfig configuration directive in your Sentinel configuration";

/** By lower-case name. */
export const SET_OPTIONS: ReadonlyMap<string, SetOption> = new Map<string, SetOption>([
  ["down-after-milliseconds", numberOption("downAfterMs", 1)],
  ["failover-timeout", numberOption("failoverTimeoutMs", 1)],
  ["parallel-syncs", numberOption("parallelSyncs", 1)],
  ["quorum", numberOption("quorum", 1)],
  ["master-reboot-down-after-period", numberOption("rebootDownAfterMs", 0)],
  ["empty-master-grace", numberOption("emptyMasterGraceMs", 0)],
  ["notification-script", scriptOption("notificationScript", "Notification")],
  ["client-reconfig-script", scriptOption("clientReconfigScript", "Client reconfiguration")],
  ["pre-failover-script", scriptOption("preFailoverScript", "Pre-failover")],
  ["auth-pass", { ...credentialOption("authPass"), isSecret: true }],
  ["auth-user", credentialOption("authUser")],
  ["rename-command", { values: 2, set: rename }],
]);

type NumberField =
  | "downAfterMs"
  | "failoverTimeoutMs"
  | "parallelSyncs"
  | "quorum"
  | "rebootDownAfterMs"
  | "emptyMasterGraceMs";
type ScriptField = "notificationScript" | "clientReconfigScript" | "preFailoverScript";

function numberOption(field: NumberField, least: number): SetOption {
  return {
    values: 1,
    set: ({ call, options, at }) => {
      const value = call.args.clampedInteger(at);
      if (!(value >= least)) return { badArgument: at };
      options[field] = value;
      return undefined;
    },
  };
}

function scriptOption(field: ScriptField, kind: string): SetOption {
  return {
    values: 1,
    set: ({ call, control, options, at }) => {
      if (control.model.denyScriptsReconfig) return { error: ERR_SCRIPTS_DENIED };
      const path = wordAt(call, at);
      if (path === undefined || (path !== "" && !control.isExecutable(path))) {
        return { error: `ERR ${kind} script seems non existing or non executable` };
      }
      options[field] = path;
      return undefined;
    },
  };
}

/** The links are opened anew, so that the new credentials are tried at once. */
function credentialOption(field: "authPass" | "authUser"): SetOption {
  return {
    values: 1,
    set: ({ call, draft, master, options, at }) => {
      const word = wordAt(call, at);
      if (word === undefined) return { badArgument: at };
      options[field] = word;
      for (const instance of [master, ...master.replicas.values()]) {
        closeLink(draft, instance.link);
      }
      return undefined;
    },
  };
}

/** A command that gets its own name is renamed no longer. */
function rename({ call, options, at }: OptionChange): Refusal | undefined {
  const command = wordAt(call, at) ?? "";
  const name = wordAt(call, at + 1) ?? "";
  if (command === "" || name === "") return { badArgument: command === "" ? at : at + 1 };
  const key = lowerByteText(command);
  options.renamedCommands.delete(key);
  if (lowerByteText(name) !== key) options.renamedCommands.set(key, name);
  return undefined;
}
