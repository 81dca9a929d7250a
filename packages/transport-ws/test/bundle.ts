import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** A page's share of this project, as a bundler makes it. */
export interface Bundle {
  readonly text: string;
  readonly minifiedBytes: number;
  readonly gzippedBytes: number;
  /** What is in it, minified. */
  readonly modules: readonly { readonly path: string; readonly bytes: number }[];
}

/** Bundles a piece of source text for a browser, minified: with the packages' sources, or with what is built of them. */
export async function bundleForBrowser(
  source: string,
  { of = 'sources' }: { readonly of?: 'sources' | 'packages' } = {},
): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: source, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    absWorkingDir: fileURLToPath(new URL('../../../', import.meta.url)),
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    conditions: of === 'sources' ? ['@bjsonrpc/source'] : [],
    metafile: true,
    write: false,
    outdir: 'nowhere',
    logLevel: 'silent',
  });
  const text = outputFiles[0]?.text ?? '';
  const modules = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs));
  return {
    text,
    minifiedBytes: text.length,
    gzippedBytes: gzipSync(text, { level: 9 }).length,
    modules: modules.map(([path, { bytesInOutput }]) => ({ path, bytes: bytesInOutput })),
  };
}
