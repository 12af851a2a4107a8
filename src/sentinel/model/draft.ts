/** One step being made: the model that is being changed, and what is to be done. */
import type { Instance, InstanceLink } from "./instance";
import { describe } from "./instance-name";
import type { LinkKind, RequestKind, SentinelAction, StepContext } from "./sentinel-event";
import type { SentinelModel } from "./sentinel-model";

type EventLevel = Extract<SentinelAction, { kind: "event" }>["level"];

export class Draft {
  readonly actions: SentinelAction[] = [];
  #saves = false;

  constructor(
    readonly model: SentinelModel,
    readonly context: StepContext,
  ) {}

  get nowMs(): number {
    return this.context.nowMs;
  }

  /** An event about an instance, which its text names as Redis does, with `more` behind. */
  event(level: EventLevel, type: string, instance: Instance, more = ""): void {
    const text =
      more === "" ? describe(instance, this.model) : `${describe(instance, this.model)} ${more}`;
    this.plainEvent(level, type, text, instance.master ?? instance);
  }

  /** An event with a text of its own. */
  plainEvent(level: EventLevel, type: string, text: string, master?: Instance): void {
    this.actions.push({ kind: "event", level, type, text, master });
  }

  log(level: "debug" | "notice" | "warning", text: string): void {
    this.actions.push({ kind: "log", level, text });
  }

  /** A request; false when the link is not there. */
  send(
    instance: Instance,
    request: RequestKind,
    words: readonly string[],
    isTelling = false,
  ): boolean {
    const { link } = instance;
    if (!link.areCommandsConnected) return false;
    link.pendingCommands += 1;
    this.actions.push({ kind: "send", instance, request, words, isTelling });
    return true;
  }

  connect(link: InstanceLink, of: LinkKind, opening: readonly (readonly string[])[]): void {
    this.actions.push({ kind: "connect", link, of, opening });
  }

  disconnect(link: InstanceLink, of: LinkKind): void {
    this.actions.push({ kind: "disconnect", link, of });
  }

  /**
   * What is told after this is told only if the state could be saved. Actions are carried out when the
   * step is complete, so what is saved is the state at its end, and saving once is enough.
   */
  save(): void {
    if (this.#saves) return;
    this.#saves = true;
    this.model.lastSaveMs = this.nowMs;
    this.actions.push({ kind: "save" });
  }

  do(action: SentinelAction): void {
    this.actions.push(action);
  }
}
