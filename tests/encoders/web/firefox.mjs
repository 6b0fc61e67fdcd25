// Opens a player in Firefox and prints, as JSON, what it shows of some steps: node firefox.mjs PROGRAM ADDRESS STEPS

import { createRequire } from "node:module";

const require = createRequire(process.env.PACKAGES);
const puppeteer = require("puppeteer-core");

const [program, address, steps] = process.argv.slice(2);
const browser = await puppeteer.launch({ browser: "firefox", executablePath: program, headless: true });
try {
  const page = await browser.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.goto(address);
  await page.waitForSelector(".gmmviz[data-ready]");
  const pictures = [];
  for (const step of JSON.parse(steps)) {
    await page.evaluate((i) => document.querySelector(".gmmviz").player.go(i), step);
    pictures.push(await page.evaluate(() => document.querySelector("canvas").toDataURL("image/png")));
  }
  await page.evaluate(() => document.querySelector(".gmmviz").player.go(0));
  await page.click("button[name=next]");
  await page.waitForFunction(() => {
    const { playing, step } = document.querySelector(".gmmviz").player;
    return step === 1 && !playing;
  });
  process.stdout.write(JSON.stringify({ pictures, errors }));
} finally {
  await browser.close();
}
