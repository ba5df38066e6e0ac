import type { DemoOptions } from './options.ts';
import type { View } from './events.ts';
import { JsonView } from './json-view.ts';
import { BarDisplay, LineDisplay } from './progress-display.ts';
import { TextView } from './text-view.ts';

/** JSON when asked for, bars on a terminal, plain lines otherwise. */
export function createView({ json }: DemoOptions): View {
  const { stdout } = process;
  const write = (text: string): void => void stdout.write(text);
  if (json) return new JsonView(write);
  return new TextView(stdout.isTTY ? new BarDisplay(stdout) : new LineDisplay(write));
}
