/** Writes fields on standard output: one JSON object, or a line each with the names in a column. */
export function writeFields(fields: Readonly<Record<string, string | number>>, json: boolean): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(fields)}\n`);
    return;
  }
  const width = Math.max(...Object.keys(fields).map((name) => wordsOf(name).length));
  for (const [name, value] of Object.entries(fields)) {
    process.stdout.write(`${wordsOf(name).padEnd(width)}  ${value}\n`);
  }
}

/** `publicKey` as `public key`. */
function wordsOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
