// Explores a page in Firefox by mouse and keys, and prints, as JSON, what it says: node firefox.mjs PROGRAM ADDRESS

import { createRequire } from "node:module";

const require = createRequire(process.env.PACKAGES);
const puppeteer = require("puppeteer-core");

const [program, address] = process.argv.slice(2);
const browser = await puppeteer.launch({ browser: "firefox", executablePath: program, headless: true, extraPrefsFirefox: { "ui.prefersReducedMotion": 1 } });
try {
  const page = await browser.newPage();
  await page.setViewport({ width: 1280, height: 1000 });
  const errors = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.goto(address);
  await page.waitForSelector(".gmmviz-explorable[data-ready]");
  const told = [];
  const tell = async () =>
    told.push(
      await page.evaluate(() => {
        const root = document.querySelector(".gmmviz-explorable");
        const { session } = root.explorer;
        return { scene: root.scene(), state: [session.now.iteration, session.now.phase], value: document.querySelector(".value").textContent, bic: document.querySelector(".bic").textContent, said: document.querySelector(".said").innerText };
      }),
    );
  for (const name of ["e", "m", "e", "m"]) await page.click(`button[name=${name}]`);
  await tell();
  const { x, y, width, height } = await (await page.$("#mean0 .badge")).boundingBox();
  await page.mouse.move(x + width / 2, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(x + width / 2 - 60, y + height / 2 + 40, { steps: 5 });
  await page.mouse.up();
  await tell();
  await page.keyboard.press("ArrowRight");
  for (const key of ["e", "m", "e"]) await page.keyboard.press(key);
  await tell();
  await page.select("select[name=family]", "tied");
  for (const name of ["e", "m"]) await page.click(`button[name=${name}]`);
  await tell();
  process.stdout.write(JSON.stringify({ told, errors }));
} finally {
  await browser.close();
}
