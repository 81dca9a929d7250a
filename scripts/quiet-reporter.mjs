// What `npm test` prints of the tests: the failures, and a summary; on a terminal, how far it has come.
import { DefaultReporter } from 'vitest/node';

export default class QuietReporter extends DefaultReporter {
  /** A file is done. What failed in it comes after the last one. */
  printTestModule() {}
}
