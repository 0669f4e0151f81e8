// Loaded before the page is painted, so that a dark page never flashes white.
const root = document.documentElement;
const dark = matchMedia('(prefers-color-scheme: dark)');
const apply = () => {
  const wish = root.dataset.theme ?? 'auto';
  root.dataset.bsTheme = wish === 'auto' ? (dark.matches ? 'dark' : 'light') : wish;
};
apply();
dark.addEventListener('change', apply);
