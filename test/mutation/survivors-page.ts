import { readFileSync, writeFileSync } from 'node:fs';
import { EXPLAINED } from './explained.ts';
import { noticedByFile, type Mutant } from './report.ts';

const PAGE = new URL('../../docs/mutation.md', import.meta.url);

/** Puts what was measured, and the explanations, into docs/mutation.md; what was measured of other files stays. */
export function writeSurvivors(mutants: readonly Mutant[]): void {
  const page = readFileSync(PAGE, 'utf8');
  const measured = noticedByFile(mutants).map(({ file, all, share }) => ({ file, all, share: share.toFixed(1) }));
  const others = measuredBefore(page).filter(({ file }) => measured.every((each) => each.file !== file));
  const files = [...measured, ...others]
    .sort((a, b) => Number(b.share) - Number(a.share) || (a.file < b.file ? -1 : 1))
    .map(({ file, all, share }) => `| ${file} | ${all} | ${share} % |`);
  const withFiles = replaced(page, 'files', ['| file | mutants | noticed |', '| --- | ---: | ---: |', ...files]);
  writeFileSync(PAGE, replaced(withFiles, 'explained', explanationTable()));
}

function measuredBefore(page: string) {
  return [...page.matchAll(/^\| (\S+\.ts) \| (\d+) \| ([\d.]+) % \|$/gm)].map(([, file = '', all = '', share = '']) => {
    return { file, all: Number(all), share };
  });
}

export function explanationTable(): readonly string[] {
  const rows = EXPLAINED.map(({ file, line, to, why }) => {
    const what = to === undefined ? 'what lives in the line' : to.map(inCode).join(', ');
    return `| ${file.replace('src/core/', '')} | ${inCode(line)} | ${what} | ${why} |`;
  });
  return ['| file | line | mutant | why no test can tell, or need not |', '| --- | --- | --- | --- |', ...rows];
}

/** Between two comments, the second of which ends the block. */
function replaced(page: string, name: string, lines: readonly string[]): string {
  const begin = `<!-- ${name}: written by npm run mutation -- --write -->\n`;
  const end = `<!-- /${name} -->`;
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/mutation.md has no place for "${name}"`);
  return `${page.slice(0, from + begin.length)}\n${lines.join('\n')}\n\n${page.slice(to)}`;
}

function inCode(text: string): string {
  const shown = text.replaceAll('\n', ' ').replaceAll('|', '\\|');
  return shown === '' ? '(nothing)' : `\`\` ${shown} \`\``;
}
