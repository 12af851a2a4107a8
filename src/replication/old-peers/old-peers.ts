import type { OldPeerPolicy } from "../decisions/old-peer";
import { areOldPeersForgotten } from "../decisions/old-peer";
import type { Replication } from "../replication";
import type { OldWords } from "./old-words";

/** What only exists when commands do. */
export interface OldPeersEffects {
  /** Made when they are needed first. */
  readonly newWords: () => OldWords;
  /** Has effects told in old words, or no longer. */
  readonly translate: (words: OldWords | undefined) => void;
}

export interface OldPeersParts {
  readonly replication: Replication;
  readonly policy: () => OldPeerPolicy;
  readonly monotonicMs: () => number;
  /** repl-timeout. */
  readonly timeoutMs: () => number;
}

/**
 * Replicas as old as Redis 3.2.1, and the one stream that they share with all others.
 *
 * While there is one, the effects of commands are told in words that it knows, to everybody: to the
 * other replicas and to the append only file, too. The other way, a stream of its own for each old
 * replica, would cost what the shared one gives: offsets that are places in the same bytes (so that
 * WAIT, REPLCONF ACK, PSYNC after a cut link and replicas of a replica just work), nothing copied per
 * replica, and no second account of what is in between. Old words mean the same to new servers, so
 * they lose nothing but the shorter form; and without an old replica nothing is different at all.
 *
 * What this server can do and an old one cannot hold (streams, expiries of hash fields, functions) is
 * told as it is, and all old replicas are dropped before they are sent it; so they are when they ask
 * for a copy with such a key in it. A replica that has old ones of its own cannot change what its
 * master says: it drops them at the first word that they do not know.
 *
 * What always holds: the bytes of the stream from `readableFrom` on are old words; nothing older is
 * ever sent to an old replica.
 */
export class OldPeers {
  /** The first byte of the stream from which on old servers know it; Infinity for none. */
  #readableFrom = Number.POSITIVE_INFINITY;
  readonly #parts: OldPeersParts;
  #effects!: OldPeersEffects;
  #madeWords: OldWords | undefined;
  #isOn = false;
  #isTranslating = false;
  #refusal: string | undefined;
  #noneSinceMs = 0;

  constructor(parts: OldPeersParts) {
    this.#parts = parts;
  }

  /** Called once, when the commands exist. */
  attach(effects: OldPeersEffects): void {
    this.#effects = effects;
    this.follow();
  }

  /** Whether the stream is kept in old words. */
  get isOn(): boolean {
    return this.#isOn;
  }

  get readableFrom(): number {
    return this.#readableFrom;
  }

  /** The directive or the role has changed. */
  follow(): void {
    if (this.#parts.policy() === "3.2") this.begin();
    const translates = this.#isOn && this.#parts.replication.isMaster;
    if (translates === this.#isTranslating) return;
    this.#isTranslating = translates;
    this.#effects.translate(translates ? this.#words : undefined);
  }

  /** Keeps the stream in old words from here on. */
  begin(): void {
    if (this.#isOn) return;
    this.#isOn = true;
    this.#noneSinceMs = this.#parts.monotonicMs();
    // Asking for the offset hands over what has been said in other words.
    this.#readableFrom = this.#parts.replication.offset + 1;
    this.follow();
  }

  /** A command has done what has no old form. */
  refused(reason: string): void {
    this.#refusal ??= reason;
    this.#readableFrom = Number.POSITIVE_INFINITY;
  }

  /** Looks at what a master says before it is passed on; only whole requests. */
  passOn(bytes: Uint8Array, at: number, length: number): void {
    if (!this.#isOn) return;
    const name = this.#words.newerIn(bytes, at, at + length);
    if (name !== undefined) this.refused(`the master of this server has sent ${name}`);
  }

  /** Why old replicas are to be dropped now; undefined when they need not. Once per turn. */
  takeRefusal(): string | undefined {
    const refusal = this.#refusal;
    if (refusal === undefined) return undefined;
    this.#refusal = undefined;
    // What was refused is in the backlog now, and what follows it can be read again.
    this.#readableFrom = this.#parts.replication.offset + 1;
    return refusal;
  }

  /** Once per second. */
  tick(oldPeers: number): void {
    if (!this.#isOn) return;
    const { policy, monotonicMs, timeoutMs } = this.#parts;
    const nowMs = monotonicMs();
    if (oldPeers > 0) this.#noneSinceMs = nowMs;
    if (!areOldPeersForgotten(policy(), oldPeers, this.#noneSinceMs, timeoutMs(), nowMs)) return;
    this.#isOn = false;
    this.#readableFrom = Number.POSITIVE_INFINITY;
    this.follow();
  }

  get #words(): OldWords {
    this.#madeWords ??= this.#effects.newWords();
    return this.#madeWords;
  }
}
