/** Checks of single text directives: each returns the reason for a refusal, or undefined. */
import { trimByteText } from "../byte-text";

const HOSTNAME_MAX = 255;
/** What may stand in braces in `proc-title-template`. */
const TITLE_VARIABLES: readonly string[] = [
  "title",
  "listen-addr",
  "server-mode",
  "port",
  "tls-port",
  "unixsocket",
  "config-file",
];

export function checkDbFilename(name: string): string | undefined {
  return name.includes("/") ? "dbfilename can't be a path, just a filename" : undefined;
}

export function checkAppendFilename(name: string): string | undefined {
  if (name === "") return "appendfilename can't be empty";
  return name.includes("/") ? "appendfilename can't be a path, just a filename" : undefined;
}

export function checkAppendDirname(name: string): string | undefined {
  if (name === "") return "appenddirname can't be empty";
  return name.includes("/") ? "appenddirname can't be a path, just a dirname" : undefined;
}

export function checkAnnouncedHostname(name: string): string | undefined {
  if (name.length > HOSTNAME_MAX) return "Hostnames must be less than 256 characters";
  if (/^[a-zA-Z0-9.-]*$/.test(name)) return undefined;
  return "Hostnames may only contain alphanumeric characters, hyphens or dots";
}

/** The name that other nodes show for this one: printable, without what breaks a nodes file. */
export function checkHumanNodename(name: string): string | undefined {
  if (name.length > HOSTNAME_MAX) return "Nodenames must be less than 256 characters";
  if (/^[!#$%&()*+./:;<>?@[\]^{|}~a-zA-Z0-9_-]*$/.test(name)) return undefined;
  return "Announced human node name contained invalid character";
}

/** Known at start as nothing, so they do not make a title by themselves. */
const MAY_BE_EMPTY: readonly string[] = ["title", "server-mode"];

/** `{name}` must be a known variable, `{{` is a brace; a `}` alone is text. Blank is refused. */
export function checkTitleTemplate(template: string): string | undefined {
  const problem = "template format is invalid or contains unknown variables";
  let shown = "";
  let at = 0;
  while (at < template.length) {
    if (template[at] !== "{" || template[at + 1] === "{") {
      shown += template[at];
      at += template[at] === "{" ? 2 : 1;
      continue;
    }
    const end = template.indexOf("}", at);
    const name = template.slice(at + 1, end);
    if (end < 0 || !TITLE_VARIABLES.includes(name)) return problem;
    if (!MAY_BE_EMPTY.includes(name)) shown += name;
    at = end + 1;
  }
  return trimByteText(shown) === "" ? problem : undefined;
}
