import { once } from 'node:events';
import { packageTitle } from '../../adapters/package-version.ts';
import { Inspector } from '../../inspect/index.ts';
import { ensurePage } from './ensure-page.ts';

/** Serves the page until SIGINT or SIGTERM. @throws StateSyncError TRACE_MISSING, ADDRESS_IN_USE, PAGE_MISSING */
export async function runInspect(trace: string | undefined, port: number): Promise<void> {
  await ensurePage();
  const inspector = await Inspector.start({ port, writtenBy: packageTitle() });
  try {
    if (trace !== undefined) await inspector.addFile(trace);
    process.stdout.write(`The page is at ${inspector.url} (Ctrl-C ends it)\n`);
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  } finally {
    await inspector.close();
  }
}
