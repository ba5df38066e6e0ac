declare module 'virtual:charts' {
  import type { ChartDrawings } from './drawing.ts';
  const drawings: readonly ChartDrawings[];
  export default drawings;
}

declare module 'virtual:clauses' {
  const texts: Readonly<Record<string, string>>;
  export default texts;
}

declare module '*.css' {}
