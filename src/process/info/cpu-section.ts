import { readFileSync } from "node:fs";
import type { InfoSection } from "./info-section";

interface ProcessorTime {
  readonly userUs: number;
  readonly systemUs: number;
}

const US_PER_SECOND = 1e6;
/** The kernel counts in hundredths of a second here, whatever its own clock is. */
const US_PER_TICK = 10_000;
/** Places of a thread's user and system time behind its name. */
const USER_FIELD = 11;
const SYSTEM_FIELD = 12;

/**
 * INFO cpu: processor time of the process and of the thread that serves. There are no children; what
 * is beyond the main thread are Node's own threads and snapshots.
 */
export function cpuSection(): InfoSection {
  const fields = () => {
    const { user, system } = process.cpuUsage();
    const main = mainThreadTime() ?? { userUs: user, systemUs: system };
    return [
      ["used_cpu_sys", seconds(system)],
      ["used_cpu_user", seconds(user)],
      ["used_cpu_sys_children", seconds(0)],
      ["used_cpu_user_children", seconds(0)],
      ["used_cpu_sys_main_thread", seconds(main.systemUs)],
      ["used_cpu_user_main_thread", seconds(main.userUs)],
    ] as const;
  };
  return { name: "CPU", shownBy: "default", fields };
}

function seconds(us: number): string {
  return (us / US_PER_SECOND).toFixed(6);
}

/** What Linux tells of the thread whose number is the process's; undefined elsewhere. */
function mainThreadTime(): ProcessorTime | undefined {
  try {
    const text = readFileSync(`/proc/self/task/${process.pid}/stat`, "latin1");
    const times = text.slice(text.lastIndexOf(")") + 2).split(" ");
    const userUs = Number(times[USER_FIELD]) * US_PER_TICK;
    const systemUs = Number(times[SYSTEM_FIELD]) * US_PER_TICK;
    return Number.isFinite(userUs + systemUs) ? { userUs, systemUs } : undefined;
  } catch {
    return undefined;
  }
}
