// The reader's own table: numbers in columns, parted by commas, semicolons, tabs or spaces.

/** @typedef {{values: number[], names: string[], skipped: number, left: string[]}} Table */

export const MOST_POINTS = 20_000;

/**
 * @param {string} text
 * @returns {Table | string} the first two columns of numbers; or why not: the key of a word
 */
export function tableOf(text) {
  const lines = text.replace(/^\ufeff/, "").split(/\r\n|\r|\n/).filter((line) => line.trim() !== "" && !line.startsWith("#"));
  if (!lines.length) return "explore_csv_empty";
  const mark = [";", "\t", ","].find((mark) => lines[0].includes(mark)) ?? " ";
  const rows = lines.map((line) => cells(line.trim(), mark));
  const comma = mark === ";";
  const first = rows[0].map((cell) => numberOf(cell, comma));
  const headed = first.some((value) => value === null);
  const body = headed ? rows.slice(1) : rows;
  const width = rows[0].length;
  const columns = Array.from({ length: width }, (_, c) => body.map((row) => numberOf(row[c] ?? "", comma)));
  // A column of numbers: at least half of its cells are.
  const good = columns.map((column, c) => (column.filter((value) => value !== null).length * 2 > body.length ? c : -1)).filter((c) => c >= 0);
  if (!body.length || !good.length) return "explore_csv_no_numbers";
  const chosen = good.slice(0, 2);
  const values = [];
  let skipped = 0;
  for (let n = 0; n < body.length; n += 1) {
    const place = chosen.map((c) => columns[c][n]);
    if (place.some((value) => value === null)) skipped += 1;
    else values.push(.../** @type {number[]} */ (place));
  }
  if (values.length / chosen.length > MOST_POINTS) return "explore_csv_long";
  /** @param {number} c */
  const name = (c) => (headed && rows[0][c].trim()) || `x${c + 1}`;
  return { values, names: chosen.map(name), skipped, left: good.slice(2).map(name) };
}

/** @param {string} line @param {string} mark @returns {string[]} */
function cells(line, mark) {
  if (mark === " ") return line.split(/\s+/);
  const found = [];
  let [cell, quoted] = ["", false];
  for (let i = 0; i < line.length; i += 1) {
    if (line[i] === '"' && quoted && line[i + 1] === '"') cell += line[i++];
    else if (line[i] === '"') quoted = !quoted;
    else if (line[i] === mark && !quoted) {
      found.push(cell);
      cell = "";
    } else cell += line[i];
  }
  return [...found, cell];
}

/** @param {string} cell @param {boolean} comma whether decimals stand behind one @returns {number | null} */
function numberOf(cell, comma) {
  const text = comma ? cell.trim().replace(",", ".") : cell.trim();
  return /^[-+−]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text.replace("−", "-")) : null;
}
