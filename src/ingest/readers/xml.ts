/** What a document's parts are told to; names come without their namespace prefix. */
export interface XmlHandler {
  open?(name: string, attributes: Readonly<Record<string, string>>): void;
  text?(text: string): void;
  close?(name: string): void;
}

/** Reads XML in pieces of any size, as far as office documents use it: no document type, no entities but the five and numbers. */
export class XmlReader {
  readonly #handler: XmlHandler;
  #rest = "";
  #depth = 0;

  constructor(handler: XmlHandler) {
    this.#handler = handler;
  }

  /** Throws a SyntaxError where the text is no such XML. */
  push(piece: string): void {
    const text = this.#rest + piece;
    let at = 0;
    for (let start = text.indexOf("<"); start >= 0; start = text.indexOf("<", at)) {
      const end = endOfMarkup(text, start);
      if (end < 0) break;
      if (start > at) this.#handler.text?.(decodeText(text.slice(at, start)));
      this.#markup(text.slice(start, end));
      at = end;
    }
    this.#rest = text.slice(at);
  }

  end(): void {
    if (this.#depth !== 0 || this.#rest.trim() !== "") throw new SyntaxError("XML ends inside an element");
  }

  #markup(markup: string): void {
    const { open, text, close } = this.#handler;
    if (markup.startsWith("<![CDATA[")) text?.(markup.slice(9, -3));
    else if (markup.startsWith("<!--") || markup.startsWith("<?")) return;
    else if (markup.startsWith("<!")) throw new SyntaxError("XML with a document type");
    else if (markup.startsWith("</")) {
      this.#depth--;
      close?.(localName(markup.slice(2, -1).trim()));
    } else {
      const isEmpty = markup.endsWith("/>");
      const [, name = ""] = /^<([^\s/>]+)/.exec(markup) ?? [];
      open?.(localName(name), attributesOf(markup));
      if (isEmpty) close?.(localName(name));
      else this.#depth++;
    }
  }
}

const localName = (name: string) => name.slice(name.indexOf(":") + 1);

function endOfMarkup(text: string, start: number): number {
  for (const [opening, closing] of [
    ["<!--", "-->"],
    ["<![CDATA[", "]]>"],
    ["<?", "?>"],
  ]) {
    if (text.startsWith(opening, start)) {
      const end = text.indexOf(closing, start + opening.length);
      return end < 0 ? -1 : end + closing.length;
    }
    if (opening.startsWith(text.slice(start, start + opening.length))) return -1;
  }
  let inside = "";
  for (let at = start; at < text.length; at++) {
    const character = text[at];
    if (inside !== "") {
      if (character === inside) inside = "";
    } else if (character === '"' || character === "'") inside = character;
    else if (character === ">") return at + 1;
  }
  return -1;
}

function attributesOf(markup: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [, name, double, single] of markup.matchAll(/\s([^\s=/>]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g))
    found[localName(name)] = decodeText(double ?? single);
  return found;
}

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function decodeText(text: string): string {
  if (!text.includes("&")) return text;
  return text.replaceAll(/&([^;&]*);?/g, (whole, name: string) => {
    const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    const character = name.startsWith("#") ? characterOf(code) : entities[name];
    if (character === undefined || !whole.endsWith(";")) throw new SyntaxError(`XML with the unknown entity ${whole}`);
    return character;
  });
}

const characterOf = (code: number) => (code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : undefined);
