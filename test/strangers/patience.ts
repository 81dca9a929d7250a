/** How long is waited for what has to happen, on a machine that has much else to do. */
export const patiently = { timeout: 10_000 };
