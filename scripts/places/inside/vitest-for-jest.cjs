// What the scenarios use of vitest, as Jest has it.
const { afterAll, afterEach, beforeAll, describe, expect, test } = require('@jest/globals');

const callbacks = [];
afterEach(async () => {
  for (const callback of callbacks.splice(0).reverse()) await callback();
});

module.exports = {
  afterAll,
  beforeAll,
  describe,
  expect,
  test,
  onTestFinished: (callback) => void callbacks.push(callback),
};
