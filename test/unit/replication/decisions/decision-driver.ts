// Feeds one server's decisions with events and keeps what it asked for; the offset is set by hand.
import type {
  LinkSettings,
  ReplicationAction,
  ReplicationEvent,
  ReplicationState,
} from "../../../../src/replication/decisions/replication-state";
import { initialState, step } from "../../../../src/replication/decisions/step";

export const MASTER = { host: "10.0.0.1", port: 6379 };

export function idOf(letter: string): string {
  return letter.repeat(40);
}

export class DecisionDriver {
  state: ReplicationState = initialState(idOf("0123456789abcdef0123"));
  nowMs = 1_000_000;
  offset = 0;
  isBacklogOpen = false;
  isDatasetEmpty = true;
  settings: LinkSettings = {
    user: "",
    password: "",
    listeningPort: 6380,
    announceIp: "",
    timeoutMs: 60_000,
    disklessLoad: "disabled",
    refusesEmptyMaster: false,
  };
  #ids = 0;

  constructor() {
    this.state = initialState(this.#newId());
  }

  /** What one event leads to: actions in short words, log lines as `* text`, `# text` and (verbose) `- text`. */
  after(event: ReplicationEvent): string[] {
    const { state, actions } = step(this.state, event, {
      nowMs: this.nowMs,
      offset: this.offset,
      isBacklogOpen: this.isBacklogOpen,
      isDatasetEmpty: this.isDatasetEmpty,
      settings: this.settings,
      newId: () => this.#newId(),
    });
    this.state = state;
    for (const action of actions) {
      if (action.kind === "open-backlog") {
        this.isBacklogOpen = true;
        this.offset = action.offset;
      } else if (action.kind === "close-backlog") this.isBacklogOpen = false;
    }
    return actions.map(shown);
  }

  line(text: string): string[] {
    return this.after({ kind: "line", text });
  }

  tick(lastReceivedMs = this.nowMs): string[] {
    return this.after({ kind: "tick", lastReceivedMs });
  }

  closed(reason = "Connection reset by peer"): string[] {
    return this.after({ kind: "closed", reason, isProtocolBroken: false });
  }

  /** Follows MASTER up to its answer to PSYNC. */
  upToPsync(): string[] {
    if (this.state.master === undefined) this.after({ kind: "follow", master: MASTER });
    else {
      this.nowMs += 1000;
      if (this.state.link.phase === "connect") this.tick();
    }
    this.after({ kind: "connected" });
    this.line("+PONG");
    let last: string[] = [];
    for (let i = 0; this.state.link.phase !== "psync" && i < 9; i++) last = this.line("+OK");
    return last;
  }

  /** A whole synchronisation that ends at `offset` of the history `id`. */
  fullSync(id: string, offset: number): string[] {
    this.upToPsync();
    this.line(`+FULLRESYNC ${id} ${offset}`);
    this.line("$100");
    this.after({ kind: "payload-received", hasKeys: true });
    return this.after({ kind: "loaded", hasKeys: true });
  }

  #newId(): string {
    this.#ids += 1;
    return String(this.#ids).padStart(40, "f");
  }
}

const LEVEL_SIGNS = { verbose: "-", notice: "*", warning: "#" };

function shown(action: ReplicationAction): string {
  if (action.kind === "log") return `${LEVEL_SIGNS[action.level]} ${action.text}`;
  if (action.kind === "send") return `> ${action.words.join(" ")}`;
  if (action.kind === "open-backlog") return `open-backlog ${action.offset}`;
  if (action.kind === "receive") return `receive into ${action.payload.into}`;
  return action.kind;
}
