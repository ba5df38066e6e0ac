import { readFileSync } from 'node:fs';

/** The package's own manifest lies two directories up in the source, three in what is built. */
const MANIFESTS = ['../../package.json', '../../../package.json'];
const NAME = 'pocket-state-sync';

/** The version of this package. */
export function packageVersion(): string {
  for (const path of MANIFESTS) {
    const manifest = readManifest(new URL(path, import.meta.url));
    if (manifest?.name === NAME) return manifest.version;
  }
  throw new Error(`the manifest of ${NAME} is not where it should be`);
}

/** What the package calls itself in what it writes. */
export function packageTitle(): string {
  return `${NAME} ${packageVersion()}`;
}

function readManifest(url: URL): { readonly name: string; readonly version: string } | null {
  try {
    return JSON.parse(readFileSync(url, 'utf8')) as { readonly name: string; readonly version: string };
  } catch {
    return null;
  }
}
