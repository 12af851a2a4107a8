/**
 * What `ps` and `top` show: the title made from `proc-title-template`, and the short name that
 * `pgrep -x` and `killall` go by, which stays the program's whatever the title says.
 */
import { writeFileSync } from "node:fs";
import type { Config } from "../../config/config";

/** The kernel's name of this process's first thread. */
const NAME_FILE = "/proc/self/comm";

export interface TitleParts {
  /** The name that the program was called by. */
  readonly program: string;
  /** `[sentinel]`, or empty for a data node. */
  readonly mode: string;
}

export const SERVER_TITLE: TitleParts = { program: "redis-server", mode: "" };

/** Follows the template and what is in it, until `set-proc-title` says otherwise. */
export function followProcessTitle(
  config: Config,
  configFile: string,
  parts: TitleParts = SERVER_TITLE,
): void {
  if (!config.flag("set-proc-title")) return;
  const show = (): undefined => {
    setTitle(processTitle(config, configFile, parts), parts.program);
    return undefined;
  };
  show();
  config.onChange(["proc-title-template", "port", "bind"], show);
}

/** @param configFile an absolute path, or empty. */
export function processTitle(
  config: Config,
  configFile: string,
  { program, mode }: TitleParts = SERVER_TITLE,
): string {
  const port = config.number("port");
  const tlsPort = config.number("tls-port");
  const unixSocket = config.text("unixsocket");
  const address = config.value("bind")[0] ?? "*";
  const shownPort = port !== 0 ? port : tlsPort;
  const values: Readonly<Record<string, string>> = {
    title: program,
    "listen-addr": shownPort === 0 ? unixSocket : `${address}:${shownPort}`,
    "server-mode": mode,
    port: String(port),
    "tls-port": String(tlsPort),
    unixsocket: unixSocket,
    "config-file": configFile === "" ? "-" : configFile,
  };
  return fill(config.text("proc-title-template"), values).trim();
}

/** The configuration has checked the template: every `{name}` is known, `{{` is a brace. */
function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{\{|\{([a-z-]+)\}/g, (whole, name: string | undefined) =>
    name === undefined ? "{" : (values[name] ?? whole),
  );
}

function setTitle(title: string, program: string): void {
  process.title = title;
  try {
    // Setting the title has renamed the thread too.
    writeFileSync(NAME_FILE, program);
  } catch {
    // Not on this system: the title is all there is.
  }
}
