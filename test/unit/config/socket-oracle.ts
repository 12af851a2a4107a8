// A real redis-server with exactly the given arguments, reached over `s.sock` in its directory. The
// general ServerProcess adds options of its own, which would count as configured values here.
// What always holds: after `stop` the process is gone, and so it is when the test process ends.
import { type ChildProcess, spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { RawClient } from "../../support/raw-client";
import { REAL_SERVER } from "../../support/server-process";
import { waitFor } from "../../support/wait-for";

export class SocketOracle {
  readonly client: RawClient;
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;

  private constructor(client: RawClient, child: ChildProcess, closed: Promise<unknown>) {
    this.client = client;
    this.#child = child;
    this.#closed = closed;
  }

  /** The arguments must lead to `port 0` and `unixsocket s.sock`. */
  static async start(dir: string, args: readonly string[], stdin = ""): Promise<SocketOracle> {
    const path = join(dir, "s.sock");
    rmSync(path, { force: true });
    const { child, output, closed } = runOracle(dir, args, stdin);
    const client = await waitFor<RawClient | "ended">("the oracle listens", () =>
      child.exitCode === null ? RawClient.connect({ path }) : Promise.resolve("ended"),
    );
    if (client === "ended") throw new Error(`the oracle ended: ${output.stdout}${output.stderr}`);
    return new SocketOracle(client, child, closed);
  }

  async stop(): Promise<void> {
    await this.client.close();
    this.#child.kill("SIGKILL");
    await this.#closed;
  }
}

/** Runs a server that is expected to end by itself, and returns what it said. */
export async function oracleRefusal(
  dir: string,
  args: readonly string[],
  stdin = "",
): Promise<{ stdout: string; stderr: string; code: number | null }> {
  const { child, output, closed } = runOracle(dir, args, stdin);
  await closed;
  return { ...output, code: child.exitCode };
}

function runOracle(dir: string, args: readonly string[], stdin: string) {
  const child = spawn(REAL_SERVER, args, { cwd: dir });
  const kill = () => child.kill("SIGKILL");
  process.setMaxListeners(process.getMaxListeners() + 1);
  process.once("exit", kill);
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => {
    output.stdout += String(chunk);
  });
  child.stderr.on("data", (chunk) => {
    output.stderr += String(chunk);
  });
  // A server that ends at once may do so before it has read its input.
  child.stdin.on("error", () => {});
  child.stdin.end(stdin);
  const closed = new Promise((done) => child.once("close", done)).then(() => {
    process.removeListener("exit", kill);
    process.setMaxListeners(process.getMaxListeners() - 1);
  });
  return { child, output, closed };
}
