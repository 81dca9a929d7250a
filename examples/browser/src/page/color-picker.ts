import type { Color } from '../server/note.js';

const colors: readonly Color[] = ['lemon', 'mint', 'sky', 'rose', 'lilac'];

/** The colour of the next note. */
export class ColorPicker {
  chosen: Color = 'lemon';

  constructor(group: HTMLElement) {
    for (const color of colors) {
      const choice = document.createElement('input');
      choice.type = 'radio';
      choice.name = 'color';
      choice.ariaLabel = color;
      choice.dataset.color = color;
      choice.checked = color === this.chosen;
      choice.addEventListener('change', () => {
        this.chosen = color;
      });
      group.append(choice);
    }
  }
}
