// What must hold of votes, leaders, epochs and addresses, whatever happens: all that Sentinels have ever
// told is remembered here, across restarts.
import type { Instance } from "../../../src/sentinel/model/instance";
import type { RequestKind } from "../../../src/sentinel/model/sentinel-event";
import { addressText, currentAddress, type MasterRecord } from "./sentinel-record";
import type { SimSentinel } from "./sim-sentinel";
import { Violation } from "./violation";

export class EpochChecks {
  /** By Sentinel, master and epoch: whom it said that it votes for. */
  readonly #toldVotes = new Map<string, string>();
  /** By master, epoch and candidate: who said so. */
  readonly #voters = new Map<string, Set<string>>();
  /** By master and epoch. */
  readonly #leaders = new Map<string, string>();
  readonly #addresses = new Map<string, string>();
  /** By Sentinel: the highest that it told; by Sentinel and master likewise. */
  readonly #toldEpochs = new Map<string, number>();
  /** Epochs in which somebody was told to fail over without being elected. */
  readonly #forced = new Set<string>();

  started({ name, model, world }: SimSentinel): void {
    if (world.settings.areDisksLying) return;
    this.#requireAtLeast(`${name} current`, model.currentEpoch);
    for (const master of model.masters.values()) {
      this.#requireAtLeast(`${name} ${master.name} config`, master.configEpoch);
      this.#requireAtLeast(`${name} ${master.name} vote`, master.leaderEpoch);
    }
  }

  stepped({ name, model, record }: SimSentinel): void {
    if (model.currentEpoch < record.currentEpoch) {
      throw new Violation(`${name}: epoch ${model.currentEpoch} after ${record.currentEpoch}`);
    }
    record.currentEpoch = model.currentEpoch;
    for (const master of model.masters.values()) {
      const known = record.masterOf(master.name);
      if (master.configEpoch < known.configEpoch) {
        const epochs = `${master.configEpoch} after ${known.configEpoch}`;
        throw new Violation(`${name}: config epoch ${epochs} of ${master.name}`);
      }
      if (master.leaderEpoch !== known.leaderEpoch || master.leader !== known.leader) {
        this.#voteChanged(name, master, known);
      }
      this.#checkAddress(name, master, known);
    }
  }

  /** A vote is about to be told to another Sentinel. */
  tellsVote(sentinel: SimSentinel, group: string, leader: string, epoch: number): void {
    const { name } = sentinel;
    this.#requireSaved(sentinel, group, { vote: epoch });
    this.#raise(`${name} ${group} vote`, epoch);
    const key = `${name} ${group} ${epoch}`;
    const other = this.#toldVotes.get(key);
    if (other !== undefined && other !== leader && !sentinel.world.settings.areDisksLying) {
      throw new Violation(`${name} votes twice in epoch ${epoch} of ${group}`);
    }
    this.#toldVotes.set(key, leader);
    this.#votersOf(group, epoch, leader).add(name);
  }

  /** A request is about to be sent; those that carry epochs must have been saved. */
  tells(sentinel: SimSentinel, request: RequestKind, words: readonly string[]): void {
    const { name } = sentinel;
    if (request === "hello") {
      const [, , , epoch, group, ip, port, configEpoch] = words[2].split(",");
      const config = Number(configEpoch);
      this.#requireSaved(sentinel, group, { current: Number(epoch), config });
      this.#requireSavedAddress(sentinel, group, config, `${ip}:${port}`);
      this.#raise(`${name} current`, Number(epoch));
      this.#raise(`${name} ${group} config`, config);
    } else if (request === "ask" && words[5] !== "*") {
      this.#requireSaved(sentinel, "", { current: Number(words[4]) });
      this.#raise(`${name} current`, Number(words[4]));
    }
  }

  /** A Sentinel has just taken itself for elected: `needed` of all known must really have said so. */
  elected(sentinel: SimSentinel, master: Instance, needed: number): void {
    const { name, model } = sentinel;
    const epoch = master.failoverEpoch;
    const key = `${master.name} ${epoch}`;
    const other = this.#leaders.get(key);
    if (other !== undefined && !sentinel.world.settings.areDisksLying) {
      throw new Violation(`${name} leads epoch ${epoch} of ${master.name}, as ${other} did`);
    }
    this.#leaders.set(key, name);
    const voters = new Set(this.#votersOf(master.name, epoch, model.myId));
    if (master.leader === model.myId && master.leaderEpoch === epoch) voters.add(name);
    if (voters.size < needed) {
      const who = [...voters].join(" ");
      throw new Violation(`${name} leads by the votes of ${who}; ${needed} are needed`);
    }
  }

  forced(master: Instance): void {
    this.#forced.add(`${master.name} ${master.failoverEpoch}`);
  }

  #voteChanged(name: string, master: Instance, known: MasterRecord): void {
    if (master.leaderEpoch < known.leaderEpoch) {
      throw new Violation(`${name}: vote of ${master.leaderEpoch} after ${known.leaderEpoch}`);
    }
    const isSecond = master.leaderEpoch === known.leaderEpoch && known.leader !== "";
    if (isSecond && master.leader !== "" && master.leader !== known.leader) {
      throw new Violation(`${name} votes twice in epoch ${master.leaderEpoch} of ${master.name}`);
    }
    // A vote is remembered also where the model may forget for whom it was.
    if (master.leader !== "" || master.leaderEpoch > known.leaderEpoch) {
      known.leader = master.leader;
    }
    known.leaderEpoch = master.leaderEpoch;
  }

  #checkAddress(name: string, master: Instance, known: MasterRecord): void {
    const address = addressText(currentAddress(master));
    if (master.configEpoch === known.configEpoch && address === known.address) return;
    known.configEpoch = master.configEpoch;
    known.address = address;
    const key = `${master.name} ${master.configEpoch}`;
    const other = this.#addresses.get(key);
    if (other === undefined) this.#addresses.set(key, address);
    else if (other !== address && !this.#forced.has(key)) {
      throw new Violation(`${name}: ${address} in config epoch ${key}, but others have ${other}`);
    }
  }

  #requireSaved(
    { name, disk, world }: SimSentinel,
    group: string,
    told: { readonly current?: number; readonly config?: number; readonly vote?: number },
  ): void {
    if (world.settings.areDisksLying) return;
    const saved = disk.facts.masters.get(group);
    const isSaved =
      (told.current ?? 0) <= disk.facts.currentEpoch &&
      (told.config ?? 0) <= (saved?.configEpoch ?? 0) &&
      (told.vote ?? 0) <= (saved?.leaderEpoch ?? 0);
    if (!isSaved) {
      throw new Violation(`${name} tells before it has saved: ${JSON.stringify(told)} of ${group}`);
    }
  }

  #requireSavedAddress(
    { name, disk }: SimSentinel,
    group: string,
    configEpoch: number,
    address: string,
  ): void {
    const saved = disk.facts.masters.get(group);
    if (saved === undefined || saved.configEpoch !== configEpoch || configEpoch === 0) return;
    if (saved.address !== address) {
      throw new Violation(`${name} tells of ${address}, but has saved ${saved.address}`);
    }
  }

  #requireAtLeast(key: string, epoch: number): void {
    const told = this.#toldEpochs.get(key) ?? 0;
    if (epoch < told) throw new Violation(`${key} epoch is ${epoch} after a restart, not ${told}`);
  }

  #raise(key: string, epoch: number): void {
    if (epoch > (this.#toldEpochs.get(key) ?? 0)) this.#toldEpochs.set(key, epoch);
  }

  #votersOf(group: string, epoch: number, leader: string): Set<string> {
    const key = `${group} ${epoch} ${leader}`;
    let voters = this.#voters.get(key);
    if (voters === undefined) {
      voters = new Set();
      this.#voters.set(key, voters);
    }
    return voters;
  }
}
