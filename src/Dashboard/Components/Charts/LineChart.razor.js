import '../../lib/chart.js';

const { Chart } = globalThis;
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

function colours(canvas) {
  const style = getComputedStyle(canvas);
  const of = name => style.getPropertyValue(`--mud-palette-${name}`).trim();
  return { line: of('primary'), text: of('text-secondary'), grid: of('divider') };
}

const date = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

export function create(canvas, type, unit, decimals, days, marked) {
  // Somebody has left the page before it came to life: there is nothing to draw on.
  if (!canvas?.isConnected) return { show() {}, destroy() {} };
  const isBar = type === 'bar';
  const axis = days ? date : clock;
  const halfOfOne = (days ? 12 * 60 : 30) * 60_000;
  const number = new Intl.NumberFormat('en', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  const chart = new Chart(canvas, {
    type,
    data: { datasets: [isBar ? { data: [], borderRadius: 3, maxBarThickness: 28 } : { data: [], borderWidth: 1.75, pointRadius: 0, pointHitRadius: 12, tension: 0.25, fill: 'origin' }] },
    options: {
      animation: false,
      maintainAspectRatio: false,
      interaction: { mode: 'nearest', axis: 'x', intersect: false },
      plugins: {
        legend: { display: false },
        tooltip: {
          displayColors: false,
          callbacks: { title: ([item]) => (days ? moment : clock).format(item.parsed.x), label: item => `${number.format(item.parsed.y)} ${unit}` },
        },
      },
      scales: {
        x: { type: 'linear', bounds: 'data', offset: isBar, grid: { display: false }, border: { display: false }, ticks: { maxTicksLimit: 4, maxRotation: 0, font: { size: 11 }, callback: value => axis.format(value) } },
        y: { beginAtZero: true, grace: '10%', border: { display: false }, ticks: { maxTicksLimit: 4, font: { size: 11 }, ...(decimals === 0 && { precision: 0 }) } },
      },
    },
  });

  function paint() {
    const { line, text, grid } = colours(canvas);
    const [dataset] = chart.data.datasets;
    dataset.borderColor = line;
    dataset.backgroundColor = isBar ? line : `color-mix(in srgb, ${line} 14%, transparent)`;
    chart.options.scales.x.ticks.color = text;
    chart.options.scales.y.ticks.color = text;
    chart.options.scales.y.grid.color = grid;
    chart.update('none');
  }

  const theme = new MutationObserver(paint);
  theme.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  paint();

  return {
    show({ points }) {
      chart.data.datasets[0].data = points;
      // Around a single one the axis would be as wide as its number is large: fourteen hours around a moment of today.
      const [only] = points.length === 1 ? points : [];
      chart.options.scales.x.min = only && only.x - halfOfOne;
      chart.options.scales.x.max = only && only.x + halfOfOne;
      if (!isBar) chart.data.datasets[0].pointRadius = marked || points.length === 1 ? 3 : 0;
      chart.update();
    },
    destroy() {
      theme.disconnect();
      chart.destroy();
    },
  };
}
