/**
 * What a person sees first at a terminal: a drawing with the facts that they look for. Everyone
 * else gets one line. Neither is for programs to read, beyond the line's well-known words.
 */
import { PRODUCT_NAME, PRODUCT_VERSION } from "../../base/product";
import { REDIS_VERSION } from "../../base/redis-version";

export interface LogoFacts {
  readonly port: number;
  readonly pid: number;
  /** `standalone`. */
  readonly mode: string;
  readonly transportName: string;
}

const DRAWING: readonly string[] = [
  "        .-----------------.",
  "       /  .-----------.  /|",
  "      /  /  o   o   o/  / |",
  "     /  '-----------'  /  |",
  "    +-----------------+   |",
  "    |  ====  ====  == |  /|",
  "    +-----------------+ / |",
  "    |  ==  ====  ==== |/  |",
  "    +-----------------+  /",
  "    |  ====  ==  ==== | /",
  "    +-----------------+",
];
const TEXT_COLUMN = 32;
const FIRST_TEXT_LINE = 2;

/** Several lines, empty ones around them. */
export function logo(facts: LogoFacts): string {
  const texts = [
    `${PRODUCT_NAME} ${PRODUCT_VERSION}`,
    `speaks Redis ${REDIS_VERSION}, 64 bit`,
    "",
    `Running in ${facts.mode} mode`,
    `Port: ${facts.port}`,
    `PID: ${facts.pid}`,
    `Sockets: ${facts.transportName}`,
  ];
  const lines = DRAWING.map((drawn, index) => {
    const text = texts[index - FIRST_TEXT_LINE];
    return text === undefined || text === "" ? drawn : `${drawn.padEnd(TEXT_COLUMN)}${text}`;
  });
  return `\n${lines.join("\n")}\n\n`;
}

/** The line that stands in for the drawing in a file or a journal. */
export function logoLine(facts: LogoFacts): string {
  return `Running mode=${facts.mode}, port=${facts.port}.`;
}
