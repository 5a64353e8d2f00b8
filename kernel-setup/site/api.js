// In TypeDoc's pages. Its list of the library's rooms has links inside of what folds them, which neither a keyboard nor a
// screen reader tells apart: a link goes to the top of what is folded.
{
  const mend = () => {
    for (const link of document.querySelectorAll('.tsd-navigation summary a')) {
      const summary = link.closest('summary');
      const label = document.createElement('span');
      label.append(...link.childNodes);
      link.replaceWith(label);
      const list = summary.parentElement.querySelector('ul');
      if (!list) continue;
      link.textContent = `All of ${label.textContent}`;
      const item = document.createElement('li');
      item.append(link);
      list.prepend(item);
    }
  };
  new MutationObserver(mend).observe(document.documentElement, { childList: true, subtree: true });
  document.addEventListener('DOMContentLoaded', mend);
}
