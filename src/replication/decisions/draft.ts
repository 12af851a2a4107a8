/** One step being made: the state so far and what is to be done, for the parts of `step`. */
import { branch, type History, newHistory } from "./history";
import type {
  Failover,
  Link,
  LinkPhase,
  ReplicationAction,
  ReplicationState,
  StepContext,
  StepResult,
} from "./replication-state";

export const NO_LINK: Link = {
  phase: "none",
  startedMs: Number.NEGATIVE_INFINITY,
  awaited: [],
  sync: undefined,
  payload: undefined,
  isOldMaster: false,
  lostReason: undefined,
  downSinceMs: undefined,
};

export class Draft {
  state: ReplicationState;
  readonly context: StepContext;
  readonly #actions: ReplicationAction[] = [];

  constructor(state: ReplicationState, context: StepContext) {
    this.state = state;
    this.context = context;
  }

  get result(): StepResult {
    return { state: this.state, actions: this.#actions };
  }

  do(action: ReplicationAction): void {
    this.#actions.push(action);
  }

  /** What is said of every attempt is not repeated in the log while each ends in the same way. */
  notice(text: string): void {
    const level = this.state.hasRefusedEmpty ? "verbose" : "notice";
    this.do({ kind: "log", level, text });
  }

  warning(text: string): void {
    this.do({ kind: "log", level: "warning", text });
  }

  set(change: Partial<ReplicationState>): void {
    this.state = { ...this.state, ...change };
  }

  setLink(change: Partial<Link>): void {
    this.set({ link: { ...this.state.link, ...change } });
  }

  /** The link waits for a reply, or for nothing. */
  enter(phase: LinkPhase): void {
    this.setLink({ phase });
  }

  /** The history goes on by a new id; who knows the old one can come back with it. */
  branch(id: string): void {
    this.set({ history: branch(this.state.history, this.context.offset, id) });
  }

  /** The data set stops being what anybody else may have. */
  forgetHistory(): History {
    const history = newHistory(this.context.newId());
    this.set({ history, canResume: false });
    return history;
  }

  setFailover(failover: Failover | undefined): void {
    this.set({ failover });
  }
}
