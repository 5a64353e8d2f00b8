// Before anything is painted: what the reader chose, or else what their system prefers.
{
  let chosen;
  try {
    chosen = localStorage.getItem('theme');
  } catch {
    /* storage may be forbidden */
  }
  document.documentElement.dataset.theme =
    chosen ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
}
