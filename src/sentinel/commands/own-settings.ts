/** Subcommands about the Sentinel itself: CONFIG GET and SET, FLUSHCONFIG, SIMULATE-FAILURE. */
import { latin1Bytes } from "../../base/bytes";
import { globMatch } from "../../base/glob";
import { parseSafeInteger } from "../../base/int64";
import { lowerByteText } from "../../config/byte-text";
import type { SessionCall } from "../../session/session-call";
import type { Draft } from "../model/draft";
import type { SentinelModel } from "../model/sentinel-model";
import { closeLink } from "../monitor/link-life";
import { replySaved, wordAt } from "./command-words";
import type { SentinelControl } from "./sentinel-control";
import { type SentinelSpec, type Subcommand, subcommands } from "./subcommand";

const PORT_MAX = 65_535;
const GET = Buffer.from("get");
const SET = Buffer.from("set");
const ERR_CONFIG_SYNTAX =
  "ERR Only SENTINEL CONFIG GET <option> / SET <option> <value> are supported.";
const CRASHES = ["crash-after-election", "crash-after-promotion"] as const;

interface OwnSetting {
  readonly name: string;
  show(model: SentinelModel): string;
  /** False when it does not take the value. */
  set(draft: Draft, value: string): boolean;
}

/** In the order in which they are shown. */
const SETTINGS: readonly OwnSetting[] = [
  switchSetting("resolve-hostnames", "resolveHostnames"),
  switchSetting("announce-hostnames", "announceHostnames"),
  {
    name: "announce-ip",
    show: (model) => model.announceIp,
    set: ({ model }, value) => {
      model.announceIp = value;
      return true;
    },
  },
  {
    name: "announce-port",
    show: (model) => String(model.announcePort),
    set: ({ model }, value) => {
      const port = parseSafeInteger(latin1Bytes(value), 0, value.length);
      if (!(port >= 0 && port <= PORT_MAX)) return false;
      model.announcePort = port;
      return true;
    },
  },
  credentialSetting("sentinel-user", "sentinelUser"),
  credentialSetting("sentinel-pass", "sentinelPass"),
];

const PARTS: readonly Subcommand[] = [
  {
    name: "config",
    arity: -3,
    since: "6.2.0",
    summary: "Shows and changes settings of the Sentinel itself.",
    complexity: "O(1)",
    arguments: [
      {
        name: "set_or_get",
        type: "oneof",
        arguments: [
          {
            name: "set_param_value",
            type: "block",
            token: "SET",
            flags: ["multiple"],
            arguments: [
              { name: "parameter", type: "string" },
              { name: "value", type: "string" },
            ],
          },
          { name: "parameter", type: "string", token: "GET", flags: ["multiple"] },
        ],
      },
    ],
    run: config,
  },
  {
    name: "flushconfig",
    arity: 2,
    since: "2.8.4",
    summary: "Writes the state to the disk.",
    complexity: "O(1)",
    run: (call, control) => replySaved(call, control.save()),
  },
  {
    name: "simulate-failure",
    arity: -3,
    since: "3.2.0",
    summary: "Makes the Sentinel crash in the middle of a failover, for tests.",
    arguments: [
      {
        name: "mode",
        type: "oneof",
        flags: ["optional", "multiple"],
        arguments: [
          { name: "crash-after-election", type: "pure-token" },
          { name: "crash-after-promotion", type: "pure-token" },
          { name: "help", type: "pure-token" },
        ],
      },
    ],
    run: simulateFailure,
  },
];

export function ownSettingCommands(control: SentinelControl): SentinelSpec[] {
  return subcommands(control, PARTS);
}

function config(call: SessionCall, control: SentinelControl): void {
  const { args, reply } = call;
  if (args.is(2, GET) && args.count === 4) get(call, control.model);
  else if (args.is(2, SET) && args.count === 5) set(call, control);
  else reply.error(ERR_CONFIG_SYNTAX);
}

function get(call: SessionCall, model: SentinelModel): void {
  const { args, reply } = call;
  const at = args.offset(3);
  const length = args.length(3);
  const found = SETTINGS.filter(({ name }) =>
    globMatch(args.input, at, length, latin1Bytes(name), 0, name.length, true),
  );
  reply.map(found.length);
  for (const setting of found) {
    reply.bulkLatin1(setting.name);
    reply.bulkLatin1(setting.show(model));
  }
}

function set(call: SessionCall, control: SentinelControl): void {
  const { args, reply } = call;
  const name = args.shownText(3);
  const value = wordAt(call, 4);
  const setting = SETTINGS.find((each) => each.name === lowerByteText(name));
  if (setting === undefined) {
    reply.error(`ERR Invalid argument '${name}' to SENTINEL CONFIG SET`);
    return;
  }
  const isSet = control.change((draft) => {
    const isTaken = value !== undefined && setting.set(draft, value);
    if (isTaken) draft.save();
    return isTaken;
  });
  if (isSet) replySaved(call, control.model.isSaved);
  else reply.error(`ERR Invalid value '${args.shownText(4)}' to SENTINEL CONFIG SET '${name}'`);
}

function switchSetting(name: string, field: "resolveHostnames" | "announceHostnames"): OwnSetting {
  return {
    name,
    show: (model) => (model[field] ? "yes" : "no"),
    set: ({ model }, value) => {
      const answer = lowerByteText(value);
      if (answer !== "yes" && answer !== "no") return false;
      model[field] = answer === "yes";
      return true;
    },
  };
}

/** The links to other Sentinels are opened anew, so that they are told at once. */
function credentialSetting(name: string, field: "sentinelUser" | "sentinelPass"): OwnSetting {
  return {
    name,
    show: (model) => model[field],
    set: (draft, value) => {
      draft.model[field] = value;
      for (const master of draft.model.masters.values()) {
        for (const sentinel of master.sentinels.values()) closeLink(draft, sentinel.link);
      }
      return true;
    },
  };
}

/** As in Redis each call says anew which crashes are wanted. */
function simulateFailure({ args, reply }: SessionCall, control: SentinelControl): void {
  control.change((draft) => {
    const { model } = draft;
    model.crashesAfterElection = false;
    model.crashesAfterPromotion = false;
    for (let index = 2; index < args.count; index++) {
      const word = args.shownText(index).toLowerCase();
      if (word === CRASHES[0]) {
        model.crashesAfterElection = true;
        tellCrash(draft, "being successfully elected as failover leader");
      } else if (word === CRASHES[1]) {
        model.crashesAfterPromotion = true;
        tellCrash(draft, "promoting the selected replica to master");
      } else {
        if (word !== "help") reply.error("ERR Unknown failure simulation specified");
        else replyCrashes(reply);
        return;
      }
    }
    reply.ok();
  });
}

function tellCrash(draft: Draft, when: string): void {
  draft.log("warning", `Failure simulation: this Sentinel will crash after ${when}`);
}

function replyCrashes(reply: SessionCall["reply"]): void {
  reply.array(CRASHES.length);
  for (const crash of CRASHES) reply.bulkLatin1(crash);
}
