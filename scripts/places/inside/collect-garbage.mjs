// Bun collects garbage by another name.
if (globalThis.Bun) globalThis.gc = () => globalThis.Bun.gc(true);
