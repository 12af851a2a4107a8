// The replica's end of a simulated link: lines of the handshake, then a file, then the stream.
import type { Payload } from "../../../src/replication/decisions/replication-state";
import type { SimNode } from "./sim-node";
import { decodeFile, KIND_GETACK, KIND_SELECT, KIND_WRITE, type ToyFile } from "./toy-data";
import type { ConnectionEnd, Endpoint, VirtualNetwork } from "./virtual-network";

const NO_BYTES = Buffer.alloc(0);
const LF = 0x0a;
const MOST_LOADING_MS = 400;

export class ReplicaInput implements Endpoint {
  #end: ConnectionEnd | undefined;
  #mode: "lines" | "file" | "loading" | "stream" = "lines";
  #unread: Buffer = NO_BYTES;
  #payload: Payload | undefined;
  #file: Buffer = NO_BYTES;
  #loaded: ToyFile | undefined;
  #isOver = false;
  readonly #node: SimNode;

  constructor(node: SimNode) {
    this.#node = node;
  }

  connect(network: VirtualNetwork, to: string): void {
    const { name } = this.#node;
    this.#end = network.connect(
      name,
      to,
      this,
      () => this.#node.dispatch({ kind: "connected" }),
      () => this.#closed("Connection refused"),
    );
  }

  send(words: readonly string[]): void {
    this.#end?.send(Buffer.from(`${words.join(" ")}\n`));
  }

  close(): void {
    this.#isOver = true;
    this.#end?.close();
  }

  received(bytes: Buffer): void {
    if (this.#isOver) return;
    this.#node.lastReceivedMs = this.#node.world.network.nowMs;
    this.#unread = Buffer.concat([this.#unread, bytes]);
    this.#read();
  }

  closed(): void {
    this.#closed("Connection reset by peer");
  }

  receive(payload: Payload): void {
    this.#payload = payload;
    this.#mode = "file";
  }

  /** Takes a while, and sometimes fails. */
  load(): void {
    const { network } = this.#node.world;
    this.#mode = "loading";
    const loaded = decodeFile(this.#file);
    const isBroken = loaded === undefined || network.random.chance(0.15);
    network.after(network.random.below(MOST_LOADING_MS), () => {
      if (this.#isOver) return;
      if (loaded === undefined || isBroken) {
        this.#node.dispatch({ kind: "load-failed", problem: "it is broken" });
        return;
      }
      this.#loaded = loaded;
      if (this.#payload?.into !== "swap") this.adopt();
      this.#node.dispatch({ kind: "loaded", hasKeys: loaded.data.count > 0 });
    });
  }

  /** What was loaded is the data set from here on. */
  adopt(): void {
    const loaded = this.#loaded;
    if (loaded === undefined) return;
    this.#node.world.counts.loads += 1;
    this.#node.loads += 1;
    this.#node.data = loaded.data;
    this.#node.streamDb = loaded.streamDb;
  }

  stream(): void {
    this.#mode = "stream";
    this.#read();
  }

  #closed(reason: string): void {
    if (this.#isOver) return;
    if (this.#mode === "file" && this.#payload?.into !== "file") {
      this.#node.dispatch({ kind: "load-failed", problem: "it is short" });
    } else this.#node.dispatch({ kind: "closed", reason, isProtocolBroken: false });
  }

  #read(): void {
    let before: number;
    do {
      before = this.#unread.length;
      if (this.#isOver) return;
      if (this.#mode === "lines") this.#readLine();
      else if (this.#mode === "file") this.#readFile();
      else if (this.#mode === "stream") this.#readCommand();
    } while (this.#unread.length < before);
  }

  #readLine(): void {
    const end = this.#unread.indexOf(LF);
    if (end < 0) return;
    const text = this.#unread.toString("latin1", 0, end);
    this.#unread = this.#unread.subarray(end + 1);
    this.#node.dispatch({ kind: "line", text });
  }

  #readFile(): void {
    const { sizeBytes, mark = "" } = this.#payload ?? {};
    const end = sizeBytes ?? this.#unread.indexOf(mark);
    if (end < 0 || this.#unread.length < end) return;
    this.#file = this.#unread.subarray(0, end);
    this.#unread = this.#unread.subarray(end + (sizeBytes === undefined ? mark.length : 0));
    if (this.#payload?.into === "file")
      this.#node.dispatch({ kind: "payload-received", hasKeys: true });
    else this.load();
  }

  #readCommand(): void {
    const node = this.#node;
    const unread = this.#unread;
    const length = unread.length === 0 ? 0 : unread[0];
    if (node.world.bug === "counts-half-commands" && unread.length > 0 && unread.length < length) {
      node.feed(unread);
      this.#unread = NO_BYTES;
      return;
    }
    if (length === 0 || unread.length < length) return;
    const command = unread.subarray(0, length);
    this.#unread = unread.subarray(length);
    const kind = command[1];
    if (kind === KIND_SELECT) node.streamDb = command[2];
    if (kind === KIND_WRITE) node.data.write(node.streamDb, command);
    node.feed(command);
    if (kind === KIND_GETACK) this.send(["REPLCONF", "ACK", String(node.backlog.offset)]);
    node.replicas.pump();
  }
}
