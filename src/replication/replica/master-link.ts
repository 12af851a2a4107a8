/**
 * The replica's shell: the connection to the master, the file that comes over it, and the stream of
 * commands behind that. What to say and when is decided in decisions/; this carries it out and tells
 * what has happened.
 *
 * What always holds: there is one connection at most, and what an earlier one still has to tell is
 * not listened to. Nothing is read from it while a copy is loaded.
 */
import { renameSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { systemErrorText } from "../../config/system-error-text";
import type { ByteCodecs } from "../../native/byte-codecs";
import type { Lz4Blocks } from "../../native/lz4-blocks";
import { slotAddressOf } from "../../net/slot-address";
import type { RdbLoadingParts } from "../../persistence/loading/rdb-loading";
import { encodeRequest } from "../../protocol/encode-request";
import type { Payload } from "../decisions/replication-state";
import type { CompressionCounts } from "../link-frames/frame-format";
import { FrameProblem, FrameReader } from "../link-frames/frame-reader";
import type { LinkAction, LinkShell, Replication } from "../replication";
import { copyHasKeys, type LoadedCopy, loadProblemText } from "./copy-loading";
import { PayloadFile } from "./payload-file";
import type { StreamRunner } from "./stream-runner";
import { type CopyProblem, StreamedCopy } from "./streamed-copy";

export interface MasterLinkParts {
  readonly replication: Replication;
  readonly runner: StreamRunner;
  readonly log: { warning(text: string): void };
  /** Undefined where it cannot be loaded. */
  readonly loadLz4: () => Lz4Blocks | undefined;
  readonly codecs: ByteCodecs;
  readonly monotonicMs: () => number;
  readonly nowMs: () => number;
  /** The working directory, and the name that a copy gets in it. */
  readonly directory: () => string;
  readonly fileName: () => string;
  /** bind-source-addr; empty for none. */
  readonly bindAddress: () => string;
  /** Empties the data set. */
  readonly empty: () => void;
  /** No file of a save may take the place of the copy. */
  readonly stopSaves: () => void;
  readonly load: (path: string, isWanted: () => boolean) => Promise<LoadedCopy | undefined>;
  /** How much of the stream is in the append only file and on the disk; -1: there is no file. */
  readonly syncedOffset: (offset: number) => number;
  /** So many bytes of a copy or of the stream have come. */
  readonly counted: (bytes: number) => void;
  /** What loading a copy while it comes needs. */
  readonly loading: RdbLoadingParts;
  /** The copy is the data set now. */
  readonly loaded: (copy: LoadedCopy) => void;
}

/** What the bytes that come are. */
type Reading = "lines" | "payload" | "nothing" | "stream";

const MOST_LINE_BYTES = 4096;
/** At most so much is read at a time. */
const READ_BYTES = 256 * 1024;
const LF = 0x0a;
const CR = 0x0d;
const NO_BYTES: Buffer = Buffer.alloc(0);

export class MasterLink implements LinkShell {
  /** When something was last heard from the master, on the clock that never goes back. */
  lastReceivedMs = Number.NEGATIVE_INFINITY;
  readonly #parts: MasterLinkParts;
  readonly #buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  #socket: Socket | undefined;
  #reading: Reading = "nothing";
  #owesSynced = false;
  /** What has come and is not read yet. */
  #unread = NO_BYTES;
  #file: PayloadFile | undefined;
  #copy: StreamedCopy | undefined;
  #frames: FrameReader | undefined;
  #files = 0;
  #needsFile = false;

  constructor(parts: MasterLinkParts) {
    this.#parts = parts;
  }

  /** The copy that is being received, for INFO. */
  get progress(): { readonly totalBytes: number; readonly receivedBytes: number } {
    const { totalBytes = 0, receivedBytes = 0 } = this.#file ?? this.#copy ?? {};
    return { totalBytes, receivedBytes };
  }

  /** What compressing the link has spared; undefined when it is not compressed. */
  get compression(): CompressionCounts | undefined {
    return this.#frames?.counts;
  }

  /** The last copy had what cannot be loaded while it comes. */
  get needsFile(): boolean {
    return this.#needsFile;
  }

  get streamDb(): number {
    return this.#parts.runner.database;
  }

  carryOut(action: LinkAction): void {
    const { runner } = this.#parts;
    switch (action.kind) {
      case "connect":
        this.#open(action.master.host, action.master.port);
        break;
      case "send":
        this.#socket?.write(encodeRequest(action.words));
        break;
      case "send-sync":
        this.#socket?.write("SYNC\r\n");
        break;
      case "disconnect":
        this.#close();
        break;
      case "decompress":
        this.#decompress();
        break;
      case "receive":
        this.#receive(action.payload);
        break;
      case "empty":
        this.#parts.empty();
        break;
      case "load-file":
        this.#load();
        break;
      case "swap-in":
        this.#swapIn();
        break;
      case "reassure":
        this.#socket?.write("\n");
        break;
      case "stream":
        this.#stream();
        break;
      case "acknowledge":
        this.acknowledge();
        break;
      case "select-stream-db":
        runner.database = action.db;
        break;
    }
  }

  /** Tells the master how far this server is. */
  acknowledge(): void {
    const { replication, syncedOffset } = this.#parts;
    const { offset } = replication.backlog;
    const synced = syncedOffset(offset);
    this.#owesSynced = synced >= 0 && synced < offset;
    const words = ["REPLCONF", "ACK", String(offset)];
    // A master that is older than Redis 7.2 reads no further than the ACK.
    if (synced >= 0) words.push("FACK", String(synced));
    this.#socket?.write(encodeRequest(words));
  }

  /** More than before is on the disk: tells the master what it was not told with the last ACK. */
  becameDurable(): void {
    if (this.#owesSynced && this.#reading === "stream") this.acknowledge();
  }

  /** Once per second, and more often while this server fails over. */
  tick(): void {
    // What has come may take longer to be loaded than a master may be silent.
    if (this.#copy?.isBusy === true) this.lastReceivedMs = this.#parts.monotonicMs();
    this.#parts.replication.step({ kind: "tick", lastReceivedMs: this.lastReceivedMs });
  }

  /** The server ends: what has been received of a copy is not left behind. */
  stop(): void {
    this.#close();
  }

  #open(host: string, port: number): void {
    this.#close();
    const bindAddress = this.#parts.bindAddress();
    const local = bindAddress === "" ? {} : { localAddress: bindAddress };
    // One buffer for all that comes: Node's own, a new one per read, keep the collector busy.
    const onread = {
      buffer: this.#buffer,
      callback: (length: number) => {
        if (this.#socket === socket) this.#received(this.#buffer.subarray(0, length));
        return true;
      },
    };
    let socket: Socket;
    try {
      socket = connect({ host, port, ...local, keepAlive: true, noDelay: true, onread });
    } catch (error) {
      queueMicrotask(() => this.#lost(undefined, systemErrorText(error)));
      return;
    }
    this.#socket = socket;
    this.#reading = "lines";
    const isCurrent = () => this.#socket === socket;
    let reason = "connection lost";
    socket.on("connect", () => {
      if (isCurrent()) this.#parts.replication.step({ kind: "connected" });
    });
    socket.on("error", (error) => {
      reason = systemErrorText(error);
    });
    socket.on("end", () => socket.destroy());
    socket.on("close", () => this.#lost(socket, reason));
  }

  #lost(socket: Socket | undefined, reason: string): void {
    if (this.#socket !== socket) return;
    this.#parts.replication.step({ kind: "closed", reason, isProtocolBroken: false });
    this.#copy?.lost(reason);
  }

  #close(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.destroy();
    this.#file?.discard();
    this.#file = undefined;
    this.#copy?.stop();
    this.#copy = undefined;
    this.#unread = NO_BYTES;
    this.#frames = undefined;
    this.#reading = "nothing";
    this.#parts.runner.master.leave();
    this.#parts.runner.reset();
  }

  /** @param bytes are used again when this returns. */
  #received(bytes: Buffer): void {
    this.lastReceivedMs = this.#parts.monotonicMs();
    if (this.#reading !== "lines") this.#parts.counted(bytes.length);
    if (this.#frames === undefined) this.#take(bytes);
    else this.#frames.add(bytes);
    this.#readFrames();
  }

  /** What is behind the line that has just been read is compressed. */
  #decompress(): void {
    const lz4 = this.#parts.loadLz4();
    if (lz4 === undefined) throw new Error("compression was offered without LZ4");
    this.#frames = new FrameReader(lz4);
    this.#frames.add(this.#unread);
    this.#unread = NO_BYTES;
  }

  /** Reads what is in frames, one at a time, as long as something is to be read. */
  #readFrames(): void {
    const frames = this.#frames;
    try {
      while (frames !== undefined && frames === this.#frames && this.#reading !== "nothing") {
        const bytes = frames.next();
        if (bytes === undefined) return;
        this.#take(bytes);
      }
    } catch (error) {
      if (!(error instanceof FrameProblem)) throw error;
      const reason = `the compressed link to the master is broken: ${error.message}`;
      this.#parts.log.warning(`Closing the connection: ${reason}`);
      this.#parts.replication.step({ kind: "closed", reason, isProtocolBroken: true });
    }
  }

  /** @param bytes may be used again when this returns. */
  #take(bytes: Buffer): void {
    this.#unread = this.#unread.length === 0 ? bytes : Buffer.concat([this.#unread, bytes]);
    this.#read();
    if (this.#unread.length > 0) this.#unread = Buffer.from(this.#unread);
  }

  /** Reads what has come as what it is, as long as that gets on. */
  #read(): void {
    let left: number;
    do {
      left = this.#unread.length;
      if (left === 0) return;
      if (this.#reading === "lines") this.#readLine();
      else if (this.#reading === "payload") this.#readPayload();
      else if (this.#reading === "stream") this.#readStream();
    } while (this.#unread.length < left);
  }

  #readLine(): void {
    const end = this.#unread.indexOf(LF);
    if (end < 0 && this.#unread.length <= MOST_LINE_BYTES) return;
    const { replication } = this.#parts;
    if (end < 0 || end > MOST_LINE_BYTES) {
      const reason = "a line that does not end";
      replication.step({ kind: "closed", reason, isProtocolBroken: false });
      return;
    }
    const length = end > 0 && this.#unread[end - 1] === CR ? end - 1 : end;
    const text = this.#unread.toString("latin1", 0, length);
    this.#unread = this.#unread.subarray(end + 1);
    replication.step({ kind: "line", text });
  }

  #receive(payload: Payload): void {
    this.#reading = "payload";
    if (payload.into === "file") this.#receiveFile(payload);
    else this.#receiveCopy(payload);
  }

  #receiveCopy(payload: Payload): void {
    const { loading, stopSaves } = this.#parts;
    // Beside a copy that may come to nothing the data set is kept as before.
    if (payload.into === "memory") stopSaves();
    const copy = new StreamedCopy(
      {
        loading,
        stopFlow: (isStopped) => {
          if (isStopped) this.#socket?.pause();
          else this.#socket?.resume();
        },
        ended: (problem) => {
          if (this.#copy === copy) this.#copyEnded(copy, problem);
        },
      },
      payload,
    );
    this.#copy = copy;
  }

  #copyEnded(copy: StreamedCopy, problem: CopyProblem | undefined): void {
    const { replication } = this.#parts;
    this.#reading = "nothing";
    this.#socket?.pause();
    if (problem !== undefined) {
      this.#needsFile = problem.wantsFile;
      replication.step({ kind: "load-failed", problem: problem.text });
      return;
    }
    // Behind a copy of a known size the stream may have begun to come.
    this.#unread = Buffer.concat([copy.rest(), this.#unread]);
    if (!copy.isBeside) this.#adopt(copy.loaded);
    replication.step({ kind: "loaded", hasKeys: copy.hasKeys });
  }

  #swapIn(): void {
    const copy = this.#copy;
    if (copy === undefined) return;
    this.#parts.stopSaves();
    copy.takePlace();
    this.#adopt(copy.loaded);
  }

  #adopt(copy: LoadedCopy): void {
    this.#needsFile = false;
    this.#parts.loaded(copy);
    this.#parts.runner.reset();
    this.#parts.runner.master.beginAnew();
    this.#parts.runner.database = copy.streamDb;
  }

  #receiveFile(payload: Payload): void {
    const { replication, directory, nowMs } = this.#parts;
    this.#files += 1;
    const name = `temp-${Math.floor(nowMs() / 1000)}.${process.pid}.${this.#files}.rdb`;
    try {
      this.#file = new PayloadFile(join(directory(), name), payload);
    } catch (error) {
      const problem = `Opening the temp file needed for MASTER <-> REPLICA synchronization: ${systemErrorText(error)}`;
      replication.step({ kind: "payload-failed", problem });
    }
  }

  #readPayload(): void {
    const copy = this.#copy;
    if (copy !== undefined) {
      this.#unread = this.#unread.subarray(copy.take(this.#unread));
      return;
    }
    const file = this.#file;
    if (file === undefined) return;
    const { replication, codecs } = this.#parts;
    let hasKeys: boolean;
    try {
      const length = file.take(this.#unread);
      this.#unread = this.#unread.subarray(length);
      if (!file.isComplete) return;
      this.#reading = "nothing";
      this.#socket?.pause();
      const problem = file.finish(codecs);
      if (problem !== undefined) {
        replication.step({ kind: "payload-failed", problem });
        return;
      }
      hasKeys = copyHasKeys(file.path);
    } catch (error) {
      const problem =
        "Write error or short write writing to the DB dump file needed for " +
        `MASTER <-> REPLICA synchronization: ${systemErrorText(error)}`;
      replication.step({ kind: "payload-failed", problem });
      return;
    }
    replication.step({ kind: "payload-received", hasKeys });
  }

  #load(): void {
    const { replication, directory, fileName, load, stopSaves } = this.#parts;
    const file = this.#file;
    const socket = this.#socket;
    if (file === undefined) return;
    stopSaves();
    const path = join(directory(), fileName());
    try {
      renameSync(file.path, path);
    } catch (error) {
      const problem = `Failed trying to rename the temp DB into ${fileName()} in MASTER <-> REPLICA synchronization: ${systemErrorText(error)}`;
      replication.step({ kind: "load-failed", problem });
      return;
    }
    const isWanted = () => this.#socket === socket;
    load(path, isWanted).then(
      (copy) => {
        if (copy === undefined || !isWanted()) return;
        this.#adopt(copy);
        replication.step({ kind: "loaded", hasKeys: true });
      },
      (error: unknown) => {
        const problem = loadProblemText(error);
        if (isWanted()) replication.step({ kind: "load-failed", problem });
      },
    );
  }

  #stream(): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    this.#file = undefined;
    this.#copy = undefined;
    this.#reading = "stream";
    this.#parts.runner.master.join(slotAddressOf(socket, ""), this.#parts.nowMs(), () => {
      if (this.#socket === socket) this.#lost(socket, "connection lost");
    });
    // What came behind the file, or behind the answer to PSYNC, is read when this step is over.
    queueMicrotask(() => {
      if (this.#socket !== socket) return;
      this.#read();
      this.#readFrames();
      this.#socket?.resume();
    });
  }

  #readStream(): void {
    const bytes = this.#unread;
    this.#unread = NO_BYTES;
    if (this.#parts.runner.take(bytes)) return;
    const reason = "Protocol error in the stream of the master";
    this.#parts.replication.step({ kind: "closed", reason, isProtocolBroken: true });
  }
}
