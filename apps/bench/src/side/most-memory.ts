/** The most memory that this process has had so far, resident, in bytes. */
export function mostMemory(): number {
  return process.resourceUsage().maxRSS * 1024;
}
