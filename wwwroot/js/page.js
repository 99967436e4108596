// What the server cannot know: the reader's time zone, where the reader has scrolled to, and that the connection is gone.

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

function localise(time) {
  const at = new Date(time.dateTime);
  const text = (time.dataset.local === 'clock' ? clock : moment).format(at);
  // The text node itself is the server's: it is changed, never replaced.
  if (!Number.isNaN(at.valueOf()) && time.firstChild && time.firstChild.data !== text) time.firstChild.data = text;
}

// Follows the end of a log until the reader scrolls up, and again when the reader comes back to the end.
function follow(log) {
  const button = log.parentElement?.querySelector('[data-follow]');
  const scroller = log;
  let following = true;
  const show = on => {
    following = on;
    button?.setAttribute('aria-pressed', String(on));
  };
  const toEnd = () => {
    if (following) scroller.scrollTop = scroller.scrollHeight;
  };
  scroller.addEventListener('scroll', () => {
    const atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 24;
    if (atEnd !== following) show(atEnd);
  }, { passive: true });
  button?.addEventListener('click', () => {
    show(!following);
    toEnd();
  });
  new MutationObserver(toEnd).observe(scroller, { childList: true, subtree: true });
  toEnd();
}

const followed = new WeakSet();

function meet(element) {
  if (element.matches('time[data-local]')) localise(element);
  if (element.matches('[data-log]') && !followed.has(element)) {
    followed.add(element);
    follow(element);
  }
}

function meetAll(root) {
  meet(root);
  root.querySelectorAll('time[data-local], [data-log]').forEach(meet);
}

new MutationObserver(changes => {
  for (const change of changes) {
    if (change.type === 'attributes') localise(change.target);
    else if (change.type === 'characterData') change.target.parentElement?.matches('time[data-local]') && localise(change.target.parentElement);
    else change.addedNodes.forEach(node => node instanceof Element && meetAll(node));
  }
}).observe(document.documentElement, { subtree: true, childList: true, characterData: true, attributeFilter: ['datetime'] });
meetAll(document.documentElement);

// The navigation of a phone is a native popover; following one of its links closes it.
document.addEventListener('click', event => {
  const nav = event.target instanceof Element && event.target.closest('a')?.closest('[popover]');
  if (nav && nav.matches(':popover-open')) nav.hidePopover();
});

// A circuit that the server no longer knows cannot come back: the page is loaded anew as soon as the server answers.
async function reloadWhenBack() {
  for (;;) {
    try {
      if ((await fetch(location.href, { cache: 'no-store' })).status < 500) break;
    } catch {
      // Still away.
    }
    await new Promise(resolve => setTimeout(resolve, 2000));
  }
  location.reload();
}

document.getElementById('components-reconnect-modal')?.addEventListener('components-reconnect-state-changed', event => {
  if (event.detail.state === 'failed' || event.detail.state === 'rejected') void reloadWhenBack();
});
