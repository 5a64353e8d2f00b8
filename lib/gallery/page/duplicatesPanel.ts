/** The list of near-duplicates, and the slider that says what counts as one. */
import { floats, integers } from './base64';
import { byId, count, element } from './dom';
import { groupsOf } from './groups';
import type { PackedPairs } from './payload';

/** Groups that are added to the list at once, and pictures that are shown of a group. */
const GROUPS = 10;
const SHOWN = 12;

export function showDuplicates(
  packed: PackedPairs,
  n: number,
  buttons: (group: readonly number[]) => HTMLElement,
): void {
  const [pairs, likeness] = [integers(packed.pairs), floats(packed.likeness)];
  const slider = byId<HTMLInputElement>('likeness');
  const list = byId('groups');
  slider.min = String(packed.least);

  const update = (): void => {
    const from = Number(slider.value);
    byId('likeness-said').textContent = from.toFixed(3);
    // Rounding to 32 bits may have put a pair just below.
    const kept = likeness.findIndex((value) => value < from - 1e-6);
    const groups = groupsOf(pairs.subarray(0, kept < 0 ? pairs.length : 2 * kept), n);
    const copies = groups.reduce((sum, group) => sum + group.length - 1, 0);
    byId('duplicates-said').textContent =
      groups.length === 0
        ? 'No two pictures are almost the same.'
        : `${count(groups.length)} ${groups.length === 1 ? 'group' : 'groups'} of pictures that are almost the same: ${count(copies)} could go.`;
    list.replaceChildren();
    more(groups);
  };

  const more = (groups: readonly (readonly number[])[]): void => {
    const begin = list.querySelectorAll('.group').length;
    for (const group of groups.slice(begin, begin + GROUPS)) {
      const part = element('div', '', 'group');
      const rest = group.length > SHOWN ? `, of which ${SHOWN} are shown` : '';
      part.append(
        element('p', `${count(group.length)} pictures${rest}`, 'small'),
        buttons(group.slice(0, SHOWN)),
      );
      list.append(part);
    }
    const left = groups.length - begin - GROUPS;
    if (left <= 0) return;
    const button = element('button', `Show more (${count(left)} left)`);
    button.type = 'button';
    button.addEventListener('click', () => {
      button.remove();
      more(groups);
    });
    list.append(button);
  };

  slider.addEventListener('input', update);
  update();
}
