import { BarChart, LineChart, SankeyChart } from 'echarts/charts';
import { GridComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import { getInstanceByDom, init, use, type EChartsCoreOption } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { data, token } from './colours';

use([BarChart, LineChart, SankeyChart, GridComponent, MarkLineComponent, TooltipComponent, SVGRenderer]);

interface Bars { unit?: string; plan?: number; rows: { label: string; value: number; text?: string; href?: string; pale?: boolean }[] }
interface Flow {
  unit?: string;
  nodes: { id: string; label: string; value: number; column: number; colour?: string; href?: string; text?: string }[];
  links: { from: string; to: string; value: number; href?: string }[];
}
interface Lines { unit?: string; days: string[]; series: { label: string; kind?: 'plan' | 'actual' | 'forecast'; values: (number | null)[] }[] }

const number = (value: number) => value.toLocaleString('en');

/** Draws (or draws anew) the chart that an element asks for. */
export function draw(element: HTMLElement): void {
  getInstanceByDom(element)?.dispose();
  element.replaceChildren();
  element.classList.remove('wait');
  const kind = element.dataset.chart;
  const source = element.dataset.source;
  const option = kind === 'bar' ? bars(data<Bars>(source)) : kind === 'sankey' ? flow(data<Flow>(source)) : kind === 'line' ? lines(data<Lines>(source)) : null;
  if (!option) return;
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const chart = init(element, null, { renderer: 'svg' });
  chart.setOption({ animation: !still, animationDuration: 260, textStyle: { fontFamily: token('font-sans') }, ...option });
  chart.on('click', (event) => {
    const href = (event.data as { href?: string } | undefined)?.href;
    if (href) location.assign(href);
  });
  new ResizeObserver(() => chart.resize()).observe(element);
}

const tooltip = () => ({
  renderMode: 'richText', // the default's html carries style attributes, which our policy refuses
  backgroundColor: token('raised'),
  borderColor: token('line-strong'),
  borderWidth: 1,
  padding: [6, 9],
  textStyle: { color: token('ink'), fontSize: 12, fontFamily: token('font-sans') },
});
const ink = (size = 12, name = 'ink') => ({ color: token(name), fontSize: size, fontFamily: token('font-sans') });

function bars(given: Bars | null): EChartsCoreOption | null {
  if (!given) return null;
  const rows = [...given.rows].reverse();
  return {
    grid: { left: 4, right: 8, top: 4, bottom: 4, containLabel: true },
    tooltip: { ...tooltip(), trigger: 'item', formatter: (event: { name: string; data: { text?: string; value: number } }) => `${event.name}  ${event.data.text ?? number(event.data.value)} ${given.unit ?? ''}` },
    xAxis: { type: 'value', show: false, max: given.plan === undefined ? undefined : Math.max(given.plan, ...rows.map((row) => row.value)) },
    yAxis: [
      { type: 'category', data: rows.map((row) => row.label), axisLine: { show: false }, axisTick: { show: false }, axisLabel: ink(13) },
      { type: 'category', data: rows.map((row) => row.text ?? number(row.value)), position: 'right', axisLine: { show: false }, axisTick: { show: false }, axisLabel: ink(12, 'ink-2') },
    ],
    series: [
      {
        type: 'bar',
        barWidth: 14,
        data: rows.map((row) => ({ ...row, itemStyle: { color: token(row.pale ? 'seq-3' : 'cat-1') }, cursor: row.href ? 'pointer' : 'default' })),
        markLine: given.plan === undefined ? undefined : { symbol: 'none', silent: true, lineStyle: { color: token('ink'), width: 2, type: 'solid' }, label: { show: false }, data: [{ xAxis: given.plan }] },
      },
    ],
  };
}

/** Widths are logarithmic, so that 63 can be seen beside 14,396; the card says so. A node is as wide as what flows out of it or into it. */
function flow(given: Flow | null): EChartsCoreOption | null {
  if (!given) return null;
  const most = Math.max(...given.links.map((link) => link.value), 1);
  const width = (value: number) => (value <= 0 ? 0 : 0.06 + 0.94 * (Math.log1p(value) / Math.log1p(most)) ** 3);
  const columns = Math.max(...given.nodes.map((node) => node.column));
  const nodes = new Map(given.nodes.map((node) => [node.id, node]));
  const colour = (id: string) => token(nodes.get(id)?.colour ?? 'cat-1');
  return {
    tooltip: {
      ...tooltip(),
      trigger: 'item',
      formatter: (event: { dataType: string; data: { said: string } }) => event.data.said,
    },
    series: [
      {
        type: 'sankey',
        left: 112, right: 118, top: 10, bottom: 12,
        nodeWidth: 10, nodeGap: 15, draggable: false, layoutIterations: 0, emphasis: { focus: 'adjacency' },
        label: { ...ink(12), distance: 5, formatter: (event: { data: { label: { text: string } } }) => event.data.label.text },
        data: given.nodes.map((node) => ({
          name: node.id, depth: node.column, href: node.href, cursor: node.href ? 'pointer' : 'default',
          said: `${node.label}  ${number(node.value)} ${given.unit ?? ''}`,
          itemStyle: { color: colour(node.id), borderWidth: 0 },
          label: {
            text: node.text ?? `${node.label} ${number(node.value)}`,
            position: node.column === 0 ? 'left' : 'right',
            ...(node.column > 0 && node.column < columns ? { backgroundColor: token('surface'), padding: [2, 4], borderRadius: 3 } : {}),
          },
        })),
        links: given.links.map((link) => ({
          source: link.from, target: link.to, value: width(link.value), href: link.href ?? nodes.get(link.to)?.href,
          said: `${nodes.get(link.from)?.label ?? ''} → ${nodes.get(link.to)?.label ?? ''}  ${number(link.value)} ${given.unit ?? ''}`,
          lineStyle: { color: link.from === given.nodes[0]?.id ? token('line-strong') : colour(link.to), opacity: 0.32, curveness: 0.5 },
        })),
      },
    ],
  };
}

const lastOf = (values: (number | null)[]) => values.findLastIndex((value) => value !== null);

function lines(given: Lines | null): EChartsCoreOption | null {
  if (!given) return null;
  const look = { plan: { color: 'plan', type: 'solid', width: 1.5 }, actual: { color: 'cat-1', type: 'solid', width: 2.25 }, forecast: { color: 'late', type: 'dashed', width: 1.75 } } as const;
  return {
    grid: { left: 4, right: 76, top: 14, bottom: 4, containLabel: true },
    tooltip: { ...tooltip(), trigger: 'axis', axisPointer: { type: 'line', lineStyle: { color: token('line-strong') } } },
    xAxis: { type: 'category', data: given.days, boundaryGap: false, axisLine: { lineStyle: { color: token('line-strong') } }, axisTick: { show: false }, axisLabel: ink(11, 'ink-3') },
    yAxis: { type: 'value', splitLine: { lineStyle: { color: token('line') } }, axisLabel: { ...ink(11, 'ink-3'), formatter: number } },
    series: given.series.map((one) => {
      const style = look[one.kind ?? 'actual'];
      return {
        name: one.label, type: 'line', data: one.values.map((value, at) => (at === lastOf(one.values) ? { value, label: { show: true, position: 'right', formatter: one.label, color: token(style.color), fontSize: 12 } } : value)), symbol: 'circle', symbolSize: one.kind === undefined || one.kind === 'actual' ? 5 : 0.1,
        lineStyle: { color: token(style.color), width: style.width, type: style.type }, itemStyle: { color: token(style.color) },
        labelLayout: { moveOverlap: 'shiftY' },
      };
    }),
  };
}
