import { errWrongArity } from "../../../command/error-texts";
import { type CommandSpec, keyAt } from "../../../command/spec";
import { EVENT_STREAM } from "../../../config/keyspace-events";
import type { DataCall } from "../../../keyspace/data-call";
import type { Stream } from "../stream";
import { NO_STREAM, NOT_A_STREAM, type StreamAccess } from "../stream-access";
import { StreamId } from "../stream-id";
import { NO_ID, OPEN_ID, WHOLE_ID } from "../stream-id-text";
import { STREAM_LAST_ID } from "../stream-layout";
import { MOST_NODE_BYTES } from "../stream-limits";
import { TrimArguments } from "../trim-arguments";
import { KEY, TRIM } from "./docs";

/** XADD. */

const ERR_ZERO_ID = "ERR The ID specified in XADD must be greater than 0-0";
const ERR_EXHAUSTED = "ERR The stream has exhausted the last possible ID, unable to add more items";
const ERR_SMALL_ID =
  "ERR The ID specified in XADD is equal or smaller than the target stream top item";
const ERR_TOO_LARGE = "ERR Elements are too large to be stored";
/** COMMAND INFO repeats this note, so it is Redis's. */
const KEY_NOTES = "UPDATE instead of INSERT because of the optional trimming feature";

class Append {
  readonly #access: StreamAccess;
  readonly #options: TrimArguments;
  readonly #id = new StreamId();

  constructor(access: StreamAccess) {
    this.#access = access;
    this.#options = new TrimArguments(access);
  }

  run(call: DataCall): void {
    const options = this.#options;
    if (!options.read(call, true)) return;
    const first = options.idIndex + 1;
    const values = call.args.count - first;
    if (options.idIndex === 0 || values < 2 || (values & 1) === 1) {
      call.reply.error(errWrongArity(call.command.fullName));
      return;
    }
    if (options.idKind === WHOLE_ID && options.id.isZero) {
      call.reply.error(ERR_ZERO_ID);
      return;
    }
    const state = this.#access.write(call, 1);
    if (state === NOT_A_STREAM) return;
    if (state === NO_STREAM && options.noMakeStream) {
      call.reply.nil();
      return;
    }
    if (state === NO_STREAM) this.#access.create(call, 1);
    else call.signalReady(1);
    this.#append(call, first, values >> 1);
  }

  #append(call: DataCall, first: number, pairs: number): void {
    const stream = this.#access.own(call);
    if (!this.#chooseId(call, stream) || !isStorable(call, first)) return;
    stream.append(this.#id, call.args, first, pairs);
    this.#access.text.reply(call.reply, this.#id);
    call.changed(1, EVENT_STREAM, "xadd");
    const options = this.#options;
    if (options.trims && options.trim(stream) > 0) {
      call.notify(call.db, 1, EVENT_STREAM, "xtrim");
    }
    if (!call.effects.isOn) return;
    if (options.idKind !== WHOLE_ID || options.isApproximate) options.tell(call, stream, this.#id);
  }

  /** The new entry's ID; false, with the error written, when it cannot be had. */
  #chooseId(call: DataCall, stream: Stream): boolean {
    const id = this.#id;
    const { idKind, id: given } = this.#options;
    stream.loadId(id, STREAM_LAST_ID);
    if (id.isMax) {
      call.reply.error(ERR_EXHAUSTED);
      return false;
    }
    if (idKind === NO_ID) {
      given.setMs(call.nowMs);
      if (given.compare(id) > 0) id.copy(given);
      else id.increment();
      return true;
    }
    if (idKind === OPEN_ID && given.isSameMs(id) && !id.isLastOfMs) {
      id.increment();
      return true;
    }
    if (given.compare(id) <= 0) {
      call.reply.error(ERR_SMALL_ID);
      return false;
    }
    id.copy(given);
    return true;
  }
}

/** Replies an error and returns false when fields and values are larger than a node can be. */
function isStorable(call: DataCall, first: number): boolean {
  const { args } = call;
  let sizeBytes = 0;
  for (let i = first; i < args.count; i++) sizeBytes += args.length(i);
  if (sizeBytes <= MOST_NODE_BYTES) return true;
  call.reply.error(ERR_TOO_LARGE);
  return false;
}

export function appendCommands(access: StreamAccess): readonly CommandSpec<DataCall>[] {
  const append = new Append(access);
  return [
    {
      name: "xadd",
      arity: -5,
      flags: ["write", "denyoom", "fast"],
      group: "stream",
      since: "5.0.0",
      summary: "Adds an entry to the end of a stream, and may trim its beginning.",
      complexity: "O(1), and O(N) in the number of entries that are trimmed away",
      keys: [{ ...keyAt(1, "RW", "update"), notes: KEY_NOTES }],
      tips: ["nondeterministic_output"],
      arguments: [
        KEY,
        {
          name: "nomkstream",
          type: "pure-token",
          token: "NOMKSTREAM",
          since: "6.2.0",
          flags: ["optional"],
        },
        { ...TRIM, flags: ["optional"] },
        {
          name: "id_or_auto",
          type: "oneof",
          arguments: [
            { name: "auto_id", type: "pure-token", token: "*" },
            { name: "id", type: "string" },
          ],
        },
        {
          name: "field_value",
          type: "block",
          flags: ["multiple"],
          arguments: [
            { name: "field", type: "string" },
            { name: "value", type: "string" },
          ],
        },
      ],
      history: [
        ["6.2.0", "Took NOMKSTREAM, MINID and LIMIT."],
        ["7.0.0", "Took an ID whose sequence is open, `<ms>-*`."],
      ],
      handler: (call) => append.run(call),
    },
  ];
}
