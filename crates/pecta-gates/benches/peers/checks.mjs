// The documented checks of the strict profile as JavaScript regexes.
//
// Reads a JSON array of clean strings from standard input and writes the nanoseconds that the checks take for each, as a
// JSON array. Arguments: the number of rounds, and the seconds a round takes.

import { readFileSync } from 'node:fs';

const END = '(?![A-Za-z0-9_-])(?!\\.[^\\s])';
const CHECKS = [
  /(?<![A-Za-z0-9_.-])rm((?:\s+-{1,2}[A-Za-z-]+)+)/,
  /(?:^|[/\\\s'"`])\.\.(?:$|[/\\\s'"`])/,
  new RegExp(`(?<![A-Za-z0-9_.~%/\\\\-])/+(?:etc|usr|var)${END}`),
  new RegExp(`(?:~|/home/[^/\\s]+)/\\.(?:ssh|aws|gnupg)${END}`),
  /[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}/,
  /\b(?!000|666|9\d{2})\d{3}-(?!00)\d{2}-(?!0000)\d{4}\b/,
  /\b(?:\+?1[-.\s]?)?\(?[2-9]\d{2}\)?[-.\s]\d{3}[-.\s]\d{4}\b/,
  /\bi\s+(don't|do\s+not)\s+have\s+(access|the\s+ability)\b/i,
  /\bi\s+(can't|cannot)\s+(do|help|provide|access|complete|fulfill|assist)\b/i,
  /\bas\s+an\s+ai\s+(language\s+)?model\b/i,
  /\b(i'm|i\s+am|i'm\s+just)\s+an\s+ai\b/i,
];

const [rounds, seconds] = process.argv.slice(2).map(Number);
let hits = 0;

function judge(text) {
  for (const check of CHECKS) {
    if (check.test(text)) {
      hits += 1;
    }
  }
}

function time(text, calls) {
  const start = process.hrtime.bigint();
  for (let call = 0; call < calls; call += 1) {
    judge(text);
  }
  return Number(process.hrtime.bigint() - start) / calls;
}

function median(text) {
  // Enough calls for every regex to be compiled.
  time(text, 30);
  const calls = Math.max(1, Math.round((seconds * 1e9) / time(text, 3)));
  const times = Array.from({ length: rounds }, () => time(text, calls));
  return times.sort((a, b) => a - b)[rounds >> 1];
}

const times = JSON.parse(readFileSync(0, 'utf8')).map(median);
if (hits > 0) {
  throw new Error('a text is not clean');
}
console.log(JSON.stringify(times));
