const MARKER = '<!-- embedding -->';
const FENCED = /^\s*```ts\n(?<code>[\s\S]*?)\n```/;

/**
 * The first `ts` block after the marker in the README: the program that embeds the package.
 * @throws Error when the marker or the block is missing
 */
export function embeddingExample(readme: string): string {
  const start = readme.indexOf(MARKER);
  if (start < 0) throw new Error(`README.md has no marker ${MARKER} before its embedding example`);
  const code = FENCED.exec(readme.slice(start + MARKER.length))?.groups?.['code'];
  if (code === undefined) throw new Error(`README.md has no \`\`\`ts block right after ${MARKER}`);
  return code;
}
