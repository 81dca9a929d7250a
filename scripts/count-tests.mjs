// Prints the last line that CI reads: how many tests of all packages passed and failed in the run just done.
import { readFileSync } from 'node:fs';

let passed = 0;
let failed = 1; // no report: the run ended before any test could
try {
  const report = JSON.parse(readFileSync('.cache/test-results.json', 'utf8'));
  passed = report.numPassedTests;
  const suitesThatDidNotRun = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  );
  failed = report.numFailedTests + suitesThatDidNotRun.length;
} catch (error) {
  console.error(`no test report: ${error.message}`);
}
console.log(`${passed} passed, ${failed} failed`);
