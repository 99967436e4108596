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

// A dialogue is modal for as long as the server shows it; where it was opened is where the focus goes back to.
const openers = new WeakMap();

function open(dialog) {
  if (dialog.open) return;
  openers.set(dialog, document.activeElement);
  dialog.showModal();
}

function giveBack(dialog) {
  const opener = openers.get(dialog);
  if (opener?.isConnected && (document.activeElement === document.body || document.activeElement === null)) opener.focus();
}

// What must happen once is off at once, not when the server has answered. A lost click gives the button back with the connection.
const held = new Set();

document.addEventListener('click', event => {
  const button = event.target instanceof Element && event.target.closest('button[data-once]');
  if (!button || button.disabled) return;
  setTimeout(() => {
    held.add(button);
    button.disabled = true;
  });
});

function release() {
  held.forEach(button => { button.disabled = false; });
  held.clear();
}

// A text to take along, such as a command line.
document.addEventListener('click', async event => {
  const button = event.target instanceof Element && event.target.closest('button[data-copy]');
  const text = button && document.getElementById(button.dataset.copy)?.textContent;
  if (!text) return;
  try {
    await navigator.clipboard.writeText(text);
    button.dataset.copied = 'yes';
  } catch {
    // Without the right to the clipboard it is marked, ready to be copied by hand.
    getSelection()?.selectAllChildren(document.getElementById(button.dataset.copy));
    button.dataset.copied = 'marked';
  }
  setTimeout(() => { delete button.dataset.copied; }, 3000);
});

const followed = new WeakSet();

function meet(element) {
  if (element.matches('time[data-local]')) localise(element);
  if (element.matches('[data-log]') && !followed.has(element)) {
    followed.add(element);
    follow(element);
  }
  if (element.matches('dialog[data-modal]')) open(element);
}

function meetAll(root) {
  meet(root);
  root.querySelectorAll('time[data-local], [data-log], dialog[data-modal]').forEach(meet);
}

new MutationObserver(changes => {
  for (const change of changes) {
    if (change.type === 'attributes') localise(change.target);
    else if (change.type === 'characterData') change.target.parentElement?.matches('time[data-local]') && localise(change.target.parentElement);
    else {
      change.addedNodes.forEach(node => node instanceof Element && meetAll(node));
      change.removedNodes.forEach(node => node instanceof HTMLDialogElement && giveBack(node));
    }
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
  if (event.detail.state === 'hide') release();
  if (event.detail.state === 'failed' || event.detail.state === 'rejected') void reloadWhenBack();
});
