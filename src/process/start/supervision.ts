/**
 * Telling whoever started the process that it serves, and that it stops (`supervised`).
 *
 * systemd reads messages from a datagram socket, upstart waits for the process to stop itself.
 * Without the addon there is no way to send datagrams, which is said in the log once.
 */
import { getSystemErrorMap } from "node:util";
import type { Config } from "../../config/config";
import type { ValueOf } from "../../config/rows/table";

export interface SupervisionParts {
  readonly wanted: ValueOf<"supervised">;
  readonly environment: NodeJS.ProcessEnv;
  /** Sends a message to the socket; 0 or errno. Absent without the addon. */
  readonly notify: ((socketName: string, state: string) => number) | undefined;
  /** Stops this process until somebody continues it. */
  readonly stopSelf: () => void;
  readonly notice: (text: string) => void;
  readonly warning: (text: string) => void;
}

export class Supervision {
  readonly kind: "no" | "systemd" | "upstart";
  readonly #parts: SupervisionParts;
  readonly #socketName: string;

  constructor(parts: SupervisionParts) {
    this.#parts = parts;
    this.#socketName = parts.environment.NOTIFY_SOCKET ?? "";
    this.kind = kindOf(parts);
  }

  /** Takes the variables from the environment, so that no child believes they are for it. */
  begin(): void {
    const { environment, wanted, notice, warning, notify } = this.#parts;
    if (this.kind === "upstart") {
      notice("supervised by upstart, will stop to signal readiness");
    } else if (this.kind === "systemd") {
      notice(
        "supervised by systemd. Please make sure you set appropriate values for " +
          "TimeoutStartSec and TimeoutStopSec in your service unit.",
      );
      if (notify === undefined) {
        warning("systemd cannot be told that the server is ready: the native addon is missing.");
      }
    } else if (wanted === "upstart") {
      warning("upstart supervision requested, but UPSTART_JOB not found!");
    } else if (wanted === "systemd") {
      warning("systemd supervision requested, but NOTIFY_SOCKET not found!");
    }
    delete environment.UPSTART_JOB;
    delete environment.NOTIFY_SOCKET;
  }

  ready(): void {
    if (this.kind === "upstart") this.#parts.stopSelf();
    this.#tell("STATUS=Ready to accept connections\nREADY=1\n");
  }

  stopping(): void {
    this.#tell("STOPPING=1\n");
  }

  #tell(state: string): void {
    const { notify, warning } = this.#parts;
    if (this.kind !== "systemd" || notify === undefined) return;
    const errno = notify(this.#socketName, state);
    if (errno === 0) return;
    const reason = getSystemErrorMap().get(-errno)?.[1] ?? `error ${errno}`;
    warning(`systemd could not be told of the server's state: ${reason}`);
  }
}

/** Somebody else looks after the process: it stays in the foreground whatever `daemonize` says. */
export function isSupervised(config: Config, environment: NodeJS.ProcessEnv): boolean {
  return kindOf({ wanted: config.value("supervised"), environment }) !== "no";
}

function kindOf({
  wanted,
  environment,
}: Pick<SupervisionParts, "wanted" | "environment">): "no" | "systemd" | "upstart" {
  const hasUpstart = (environment.UPSTART_JOB ?? "") !== "";
  const hasSystemd = (environment.NOTIFY_SOCKET ?? "") !== "";
  if ((wanted === "upstart" || wanted === "auto") && hasUpstart) return "upstart";
  return (wanted === "systemd" || wanted === "auto") && hasSystemd ? "systemd" : "no";
}
