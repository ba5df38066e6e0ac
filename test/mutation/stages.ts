export const QUICK_REPORT = '.tmp/mutation/report.json';
export const SLOW_REPORT = '.tmp/mutation/networks.json';
