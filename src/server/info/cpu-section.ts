import type { InfoSection } from "./info-section";

const US_PER_SECOND = 1e6;

/** INFO cpu: processor time of the process; there are no children, and threads count as the rest. */
export function cpuSection(): InfoSection {
  const fields = () => {
    const { user, system } = process.cpuUsage();
    const seconds = (us: number): string => (us / US_PER_SECOND).toFixed(6);
    return [
      ["used_cpu_sys", seconds(system)],
      ["used_cpu_user", seconds(user)],
      ["used_cpu_sys_children", seconds(0)],
      ["used_cpu_user_children", seconds(0)],
      ["used_cpu_sys_main_thread", seconds(system)],
      ["used_cpu_user_main_thread", seconds(user)],
    ] as const;
  };
  return { name: "CPU", shownBy: "default", fields };
}
