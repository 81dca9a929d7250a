/** What the button says: all is well, there was nothing yet, the network is away, or the server is. */
type State = 'connected' | 'connecting' | 'away' | 'waiting';

/** Says how the connection is, on a button, and in a banner while there is none though the board goes on. */
export class Status {
  readonly #button: HTMLButtonElement;
  readonly #text: Element;
  readonly #banner: HTMLElement;
  #countdown = 0;
  /** What a click does. */
  onClick: () => void = () => {};

  constructor(button: HTMLButtonElement, banner: HTMLElement) {
    this.#button = button;
    this.#text = button.firstElementChild ?? button;
    this.#banner = banner;
    button.addEventListener('click', () => this.onClick());
  }

  connected(): void {
    this.#show('connected', 'Connected', 'Drive into a tunnel for five seconds, and out again');
  }

  connecting(): void {
    this.#show('connecting', 'Connecting…', '');
  }

  /** The connection is lost, the session is not. Counts the seconds to the next attempt down. */
  away(ms: number): void {
    this.#countDown('away', 'Away', ms);
  }

  /** There is no session. */
  waiting(ms: number): void {
    this.#countDown('waiting', 'Offline', ms);
  }

  #countDown(state: State, word: string, ms: number): void {
    const until = performance.now() + ms;
    const show = (): void => {
      const seconds = Math.ceil((until - performance.now()) / 1000);
      this.#show(state, seconds > 0 ? `${word} · again in ${seconds} s` : word, 'Try now');
      this.#countdown = window.setTimeout(show, 250);
    };
    show();
  }

  #show(state: State, text: string, title: string): void {
    clearTimeout(this.#countdown);
    this.#button.dataset.state = state;
    this.#button.title = title;
    this.#banner.hidden = state !== 'away';
    if (this.#text.textContent !== text) this.#text.textContent = text;
  }
}
