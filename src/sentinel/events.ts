import { toBytes } from "../config/byte-text";
import type { LineLevel } from "../log/log";
import type { ReplyWriter } from "../protocol/reply-writer";
import type { PubSub } from "../session/pubsub/pub-sub";
import type { SessionLog } from "../session/session-log";
import type { SentinelAction } from "./model/sentinel-event";

type EventAction = Extract<SentinelAction, { kind: "event" }>;

export interface EventTellerParts {
  readonly log: SessionLog;
  readonly pubSub: PubSub;
  readonly reply: ReplyWriter;
  /** Has a script run: the program, then its arguments, as byte text. */
  readonly runScript: (argv: readonly string[]) => void;
}

/**
 * Tells of events: one line of the log, one message on the channel named like the event (but for
 * debugging), and for warnings the notification script of the master.
 */
export class EventTeller {
  readonly #parts: EventTellerParts;
  /** A message has been written and is to be sent. */
  hasPublished = false;

  constructor(parts: EventTellerParts) {
    this.#parts = parts;
  }

  tell({ level, type, text, master }: EventAction): void {
    const { log } = this.#parts;
    if (log.writes(level)) writeLine(log, level, `${type} ${text}`);
    if (level !== "debug") this.#publish(type, text);
    const script = master?.options?.notificationScript ?? "";
    if (level === "warning" && script !== "") this.#parts.runScript([script, type, text]);
  }

  #publish(type: string, text: string): void {
    const { pubSub, reply } = this.#parts;
    if (!pubSub.hasListeners) return;
    const channel = toBytes(type);
    const message = toBytes(text);
    pubSub.publish(reply, channel, 0, channel.length, message, 0, message.length);
    this.hasPublished = true;
  }
}

export function writeLine(log: SessionLog, level: LineLevel, text: string): void {
  if (level === "debug") log.debug(text);
  else if (level === "verbose") log.verbose(text);
  else if (level === "notice") log.notice(text);
  else log.warning(text);
}
