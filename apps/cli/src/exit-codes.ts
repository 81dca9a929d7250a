/** What the program's exit code tells a script. docs/command-line.md lists them. */
export const exitCodes = {
  ok: 0,
  /** The method, or the other side, answered with an error. */
  answeredWithError: 1,
  /** The command line, or a value in it, is wrong. */
  usage: 2,
  /** No connection could be opened; or nothing could listen. */
  cannotConnect: 3,
  /** The connection ended before the answer. */
  connectionLost: 4,
  /** No answer in time. */
  timeout: 5,
  /** `replay`: an answer differs from the recorded one, or is missing. */
  different: 6,
  /** A fault of this program. */
  fault: 70,
  /** What was to be printed could not be written: the disk is full. */
  cannotWrite: 74,
  /** Ctrl-C: 128 and the signal's number, as shells count. */
  interrupted: 130,
} as const;
