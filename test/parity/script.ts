// Parity scripts: commands written as lines of text, as one would type them into redis-cli.
// Not a language: no conditions, no loops. One line is one step; quoting is Redis's own.
//
//   SET k "a\x00b"        a command of client `a`; both servers' replies are compared
//   [b] GET k             the same for client `b`, which is opened at its first step
//   SET k {x*1000}        an argument of one character repeated
//   .ours "-ERR x\r\n"    ours must answer the line before this way, where 7.2 differs from 7.0
//   .let id CLIENT ID     keeps the integer each server answers; `$id` stands for it from then on
//   .send "*1\r\n..."     bytes as they are, no reply read
//   .read [N]             N more replies (pushes, replies to `.send`), compared
//   .ask BLPOP k 0        a command whose reply comes later, for `.read`
//   .waiting N            goes on when so many clients wait in a command on each server
//   .silent               this client has been sent nothing that has not been read
//   .closed               the servers close this connection; replies before that are compared
//   .disconnect           this client closes
//   .scan SCAN * MATCH x  a whole iteration, `*` being the cursor; elements compared as a set
//   .pause MS             lets clocks go on, where the passing of time is what is tested

import { splitArguments } from "../../src/base/quoting";

export interface ParityScript {
  readonly name: string;
  readonly steps: readonly Step[];
  /** Commands the script cannot do without; it is left out where the subject has not got them. */
  readonly needs: readonly string[];
  /** Protocol versions to run it in. */
  readonly protocols: readonly (2 | 3)[];
}

interface StepBase {
  readonly line: number;
  readonly text: string;
  readonly client: string;
}

export type Step = StepBase &
  (
    | { readonly kind: "command"; readonly args: readonly Buffer[]; ours?: Buffer }
    | { readonly kind: "let"; readonly variable: string; readonly args: readonly Buffer[] }
    | { readonly kind: "scan"; readonly args: readonly Buffer[] }
    | { readonly kind: "send"; readonly bytes: Buffer }
    | { readonly kind: "read"; readonly count: number }
    | { readonly kind: "ask"; readonly args: readonly Buffer[] }
    | { readonly kind: "waiting"; readonly count: number }
    | { readonly kind: "closed" | "disconnect" | "silent" }
    | { readonly kind: "pause"; readonly durationMs: number }
  );

export interface ScriptOptions {
  readonly needs?: readonly string[];
  readonly protocols?: readonly (2 | 3)[];
}

/** Tag of a template that holds the lines of a script: backslashes stay as they are. */
export const lines = String.raw;

/** Reads the lines of a script. A line that cannot be read is an error naming it. */
export function script(name: string, text: string, options: ScriptOptions = {}): ParityScript {
  const steps: Step[] = [];
  text.split("\n").forEach((rawLine, index) => {
    const line = rawLine.trim();
    if (line === "" || line.startsWith("#")) return;
    try {
      addStep(steps, index, line);
    } catch (error) {
      throw new Error(`script '${name}', line ${index}: ${line}: ${String(error)}`);
    }
  });
  return { name, steps, needs: options.needs ?? [], protocols: options.protocols ?? [2, 3] };
}

function addStep(steps: Step[], index: number, line: string): void {
  const prefix = /^\[(\w+)\]\s+/.exec(line);
  const client = prefix?.[1] ?? "a";
  const words = splitWords(line.slice(prefix?.[0].length ?? 0));
  const base: StepBase = { line: index, text: line, client };
  const first = words[0]?.toString("latin1") ?? "";
  if (!first.startsWith(".")) {
    steps.push({ ...base, kind: "command", args: words });
    return;
  }
  const operands = words.slice(1);
  if (first === ".ours") {
    const last = steps.at(-1);
    if (last?.kind !== "command") throw new Error("no command before it");
    last.ours = only(operands);
    return;
  }
  steps.push({ ...base, ...directive(first, operands) } as Step);
}

function directive(name: string, operands: readonly Buffer[]): object {
  switch (name) {
    case ".let":
      return { kind: "let", variable: String(operands[0]), args: operands.slice(1) };
    case ".scan":
      return { kind: "scan", args: operands };
    case ".send":
      return { kind: "send", bytes: only(operands) };
    case ".read":
      return { kind: "read", count: operands.length === 0 ? 1 : Number(only(operands)) };
    case ".ask":
      return { kind: "ask", args: operands };
    case ".waiting":
      return { kind: "waiting", count: Number(only(operands)) };
    case ".closed":
    case ".disconnect":
    case ".silent":
      return { kind: name.slice(1) };
    case ".pause":
      return { kind: "pause", durationMs: Number(only(operands)) };
    default:
      throw new Error("unknown directive");
  }
}

function only(operands: readonly Buffer[]): Buffer {
  const operand = operands[0];
  if (operand === undefined || operands.length !== 1) throw new Error("needs one operand");
  return operand;
}

function splitWords(line: string): Buffer[] {
  const bytes = Buffer.from(line, "utf8");
  const words = splitArguments(bytes, 0, bytes.length);
  if (words === undefined) throw new Error("unbalanced quotes");
  return words.map((word) => expandRepeat(Buffer.from(word)));
}

/** `{x*3}` becomes `xxx`; any other word stays as it is. */
function expandRepeat(word: Buffer): Buffer {
  const repeat = /^\{(.)\*(\d+)\}$/.exec(word.toString("latin1"));
  if (repeat === null) return word;
  return Buffer.alloc(Number(repeat[2]), repeat[1], "latin1");
}
