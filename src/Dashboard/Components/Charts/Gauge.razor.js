import '../../lib/chart.js';

const { Chart } = globalThis;
const palette = { good: 'success', caution: 'warning', bad: 'error', quiet: 'text-disabled' };

export function create(canvas) {
  // Somebody has left the page before it came to life: there is nothing to draw on.
  if (!canvas?.isConnected) return { show() {}, destroy() {} };
  let level = { share: 0, grade: 'quiet' };
  const chart = new Chart(canvas, {
    type: 'doughnut',
    data: { datasets: [{ data: [0, 1], borderWidth: 0 }] },
    options: { animation: false, maintainAspectRatio: false, rotation: -90, circumference: 180, cutout: '78%', events: [], plugins: { legend: { display: false }, tooltip: { enabled: false } } },
  });

  function paint() {
    const style = getComputedStyle(canvas);
    const of = name => style.getPropertyValue(`--mud-palette-${name}`).trim();
    const [dataset] = chart.data.datasets;
    dataset.data = [level.share, 1 - level.share];
    dataset.backgroundColor = [of(palette[level.grade]), of('divider')];
    chart.update('none');
  }

  const theme = new MutationObserver(paint);
  theme.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  paint();

  return {
    show(shown) {
      level = shown;
      paint();
    },
    destroy() {
      theme.disconnect();
      chart.destroy();
    },
  };
}
