import { readFileSync } from 'node:fs';
import { marked } from 'marked';

const SPEC = new URL('../../../docs/spec.md', import.meta.url);
const CLAUSE = /\b[A-Z]+-\d+\b/g;

/** docs/spec.md as HTML, each clause with its id as an anchor; where a clause names another one, it links to it. */
export function specHtml(): string {
  const html = marked.parse(readFileSync(SPEC, 'utf8'), { async: false });
  const ids = new Set(Array.from(html.matchAll(/<li><strong>([A-Z]+-\d+)<\/strong>/g), ([, id]) => id));
  return (
    html
      // Other documents are not served here.
      .replace(/<a href="(?!https?:|#)[^"]*">(.*?)<\/a>/g, '$1')
      .replace(CLAUSE, (id) => (ids.has(id) ? `<a href="#${id}">${id}</a>` : id))
      .replace(/<li><strong><a href="#([A-Z]+-\d+)">/g, '<li id="$1"><strong><a href="#$1">')
      .replace(/<h2>([A-Z]+)(?=[:<])/g, '<h2 id="$1">$1')
  );
}
