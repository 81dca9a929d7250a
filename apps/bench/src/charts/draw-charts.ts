import type { Report } from '../report/report.js';
export function drawCharts(_report: Report, _folder: string): string[] {
  return [];
}
