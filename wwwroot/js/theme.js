// Sets the theme before the first paint. The choice is "light", "dark" or nothing: then the system decides.
(() => {
  const key = 'theme';
  const root = document.documentElement;
  const system = matchMedia('(prefers-color-scheme: dark)');
  const order = ['system', 'light', 'dark'];

  const chosen = () => {
    try {
      return localStorage.getItem(key) ?? 'system';
    } catch {
      return 'system';
    }
  };

  const apply = () => {
    const choice = chosen();
    const theme = choice === 'system' ? (system.matches ? 'dark' : 'light') : choice;
    if (root.dataset.theme !== theme) root.dataset.theme = theme;
    if (root.dataset.themeChoice !== choice) root.dataset.themeChoice = choice;
  };

  const next = () => {
    const choice = order[(order.indexOf(chosen()) + 1) % order.length];
    try {
      if (choice === 'system') localStorage.removeItem(key);
      else localStorage.setItem(key, choice);
    } catch {
      // Without storage the choice cannot be kept; the system's is shown.
    }
    apply();
  };

  system.addEventListener('change', apply);
  addEventListener('storage', apply);
  document.addEventListener('click', event => {
    if (event.target instanceof Element && event.target.closest('[data-theme-toggle]')) next();
  });
  // Navigation without a circuit merges the server's <html>, which knows no theme.
  new MutationObserver(apply).observe(root, { attributes: true, attributeFilter: ['data-theme'] });
  apply();
})();
