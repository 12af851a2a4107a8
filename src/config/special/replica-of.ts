/**
 * The directive `replicaof`: the master to follow, or undefined for a master.
 * CONFIG SET cannot change it; REPLICAOF and Sentinel do, through `Config.record`.
 */
import { wordByteText } from "../byte-text";
import { type Directive, IMMUTABLE, type Parsed, SEVERAL_ARGUMENTS } from "../directive";
import { lenientInteger } from "./lenient-integer";

export interface MasterAddress {
  readonly host: string;
  readonly port: number;
}

const PORT_MAX = 65_535;

export const replicaOfDirective: Directive<"replicaof", MasterAddress | undefined> = {
  name: "replicaof",
  alias: "slaveof",
  attributes: IMMUTABLE | SEVERAL_ARGUMENTS,
  standard: undefined,
  parse: parseAddress,
  show,
  same: (one, other) => show(one) === show(other),
  lines: (value) =>
    value === undefined
      ? []
      : [{ text: `${wordByteText(value.host)} ${value.port}`, forced: true }],
};

function show(value: MasterAddress | undefined): string {
  return value === undefined ? "" : `${value.host} ${value.port}`;
}

function parseAddress(args: readonly string[]): Parsed<MasterAddress | undefined> {
  if (args.length !== 2) return { problem: "wrong number of arguments" };
  const [host, portText] = args;
  if (host.toLowerCase() === "no" && portText.toLowerCase() === "one") return { value: undefined };
  const port = lenientInteger(portText, 0, PORT_MAX);
  return port === undefined ? { problem: "Invalid master port" } : { value: { host, port } };
}
