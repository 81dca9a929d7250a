/** Says how the connection is, on a button: cuts it when it stands, and does not wait for the next attempt when it does not. */
export class Status {
  readonly #button: HTMLButtonElement;
  readonly #text: Element;
  #countdown = 0;
  /** What a click does. */
  onClick: () => void = () => {};

  constructor(button: HTMLButtonElement) {
    this.#button = button;
    this.#text = button.firstElementChild ?? button;
    button.addEventListener('click', () => this.onClick());
  }

  connected(): void {
    this.#show('connected', 'Connected', 'Cut the connection, to see it come back');
  }

  connecting(): void {
    this.#show('connecting', 'Connecting…', '');
  }

  /** Counts the seconds down. */
  waiting(ms: number): void {
    const until = performance.now() + ms;
    const show = (): void => {
      const seconds = Math.ceil((until - performance.now()) / 1000);
      this.#show('waiting', seconds > 0 ? `Offline · again in ${seconds} s` : 'Offline', 'Try now');
      this.#countdown = window.setTimeout(show, 250);
    };
    show();
  }

  #show(state: 'connected' | 'connecting' | 'waiting', text: string, title: string): void {
    clearTimeout(this.#countdown);
    this.#button.dataset.state = state;
    this.#button.title = title;
    if (this.#text.textContent !== text) this.#text.textContent = text;
  }
}
