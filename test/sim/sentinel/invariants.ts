// The invariants of a history, where its Sentinels report to.
import type { MasterDownQuestion } from "../../../src/sentinel/act/is-master-down";
import type { Instance } from "../../../src/sentinel/model/instance";
import type {
  PeerReply,
  RequestKind,
  SentinelAction,
  SentinelEvent,
} from "../../../src/sentinel/model/sentinel-event";
import { EpochChecks } from "./epoch-checks";
import { FailoverChecks } from "./failover-checks";
import type { SimSentinel } from "./sim-sentinel";

export class Invariants {
  readonly #epochs = new EpochChecks();
  readonly #failovers = new FailoverChecks(this.#epochs);

  /** A new life has read its state. */
  started(sentinel: SimSentinel): void {
    this.#epochs.started(sentinel);
  }

  /** A step was made, and nothing of it carried out yet. */
  stepped(
    sentinel: SimSentinel,
    event: SentinelEvent | undefined,
    actions: readonly SentinelAction[],
  ): void {
    this.#failovers.stepped(sentinel, event, actions);
    this.#epochs.stepped(sentinel);
  }

  /** A request is about to go out on a link to the process at an address. */
  tells(
    sentinel: SimSentinel,
    instance: Instance,
    request: RequestKind,
    words: readonly string[],
    to: string,
  ): void {
    this.#epochs.tells(sentinel, request, words);
    this.#failovers.tells(sentinel, instance, request, words, to);
  }

  tellsVote(
    sentinel: SimSentinel,
    { ip, port }: MasterDownQuestion,
    leader: string,
    epoch: number,
  ): void {
    for (const { name, address } of sentinel.model.masters.values()) {
      if (address.ip !== ip || address.port !== port) continue;
      this.#epochs.tellsVote(sentinel, name, leader, epoch);
    }
  }

  /** A reply arrived. */
  heard(
    sentinel: SimSentinel,
    instance: Instance,
    request: RequestKind,
    words: readonly string[],
    reply: PeerReply,
  ): void {
    this.#failovers.heard(sentinel, instance, request, words, reply);
  }
}
