import { describe, expect, test } from "vitest";
import { imageChange, imageParts, shortImage } from "./image";
import { nextStep, plainProse, proseParts } from "./prose";
import { bytes, count, cpu, percent, things } from "./quantity";

describe("bytes", () => {
  const rows: [value: number | null, text: string][] = [
    [null, "–"],
    [0, "0 B"],
    [1023, "1023 B"],
    [1024, "1 KiB"],
    [31 * 1024 ** 2, "31 MiB"],
    [1.25 * 1024 ** 3, "1.3 GiB"],
    [20 * 1024 ** 3, "20 GiB"],
    [5000 * 1024 ** 5, "5000 PiB"],
  ];
  test.each(rows)("%s", (value, text) => expect(bytes(value)).toBe(text));
});

describe("processor", () => {
  const rows: [value: number | null, text: string][] = [
    [null, "–"],
    [0, "0 m"],
    [250, "250 m"],
    [1000, "1 core"],
    [1500, "1.5 cores"],
    [12_345, "12 cores"],
  ];
  test.each(rows)("%s", (value, text) => expect(cpu(value)).toBe(text));
});

test("a share is never rounded up to what it is not", () => {
  expect(percent(99.999)).toBe("99.99 %");
  expect(percent(100)).toBe("100 %");
  expect(percent(99.5)).toBe("99.5 %");
  expect(count(12345)).toBe("12,345");
  expect(things(1, "pod")).toBe("1 pod");
  expect(things(2, "pod")).toBe("2 pods");
});

describe("images", () => {
  const rows: [reference: string, registry: string, short: string][] = [
    ["nginx", "docker.io", "nginx"],
    ["nginx:1.27", "docker.io", "nginx:1.27"],
    ["library/nginx:1.27", "docker.io", "nginx:1.27"],
    ["registry.example.com/shop/api:1.9", "registry.example.com", "api:1.9"],
    ["localhost:5000/api", "localhost:5000", "api"],
    ["localhost/api:2", "localhost", "api:2"],
    ["ghcr.io/x/y@sha256:abcdef0123456789", "ghcr.io", "y@abcdef0"],
    ["ghcr.io/x/y:3@sha256:abcdef0123456789", "ghcr.io", "y:3"],
    ["", "docker.io", ""],
  ];
  test.each(rows)("%s", (reference, registry, short) => {
    expect(imageParts(reference).registry).toBe(registry);
    expect(shortImage(reference)).toBe(short);
  });

  const changes: [from: string | null, to: string, text: string][] = [
    ["r.io/a/api:1.8", "r.io/a/api:1.9", "api 1.8 → 1.9"],
    ["r.io/a/api:1.8", "q.io/a/api:1.9", "api:1.8 → api:1.9"],
    ["r.io/a/old:1", "r.io/a/new:1", "old:1 → new:1"],
    ["r.io/a/api", "r.io/a/api:2", "api no tag → 2"],
    [null, "r.io/a/api:1.9", "api:1.9"],
  ];
  test.each(changes)("%s to %s", (from, to, text) => expect(imageChange(from, to)).toBe(text));
});

describe("sentences with code", () => {
  const rows: [text: string, parts: string][] = [
    ["plain", "plain"],
    ["a `b` c", "a |[b]| c"],
    ["`b`", "[b]"],
    ["one ` alone", "one ` alone"],
    ["a `b` c `d", "a |[b]| c `d"],
    ["empty `` code", "empty | code"],
    ["<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"],
  ];
  test.each(rows)("%s", (text, parts) => {
    const drawn = proseParts(text).map((part) => (part.code ? `[${part.text}]` : part.text));
    expect(drawn.join("|")).toBe(parts);
  });

  test("plain, for a title", () => expect(plainProse("New `a:1` crashes")).toBe("New a:1 crashes"));
});

describe("what to do next", () => {
  const rows: [text: string, prose: string, commands: string[]][] = [
    ["Wait.", "Wait.", []],
    ["Set `DATABASE_URL`.", "Set `DATABASE_URL`.", []],
    ["Go back: `kubectl rollout undo x`", "Go back:", ["kubectl rollout undo x"]],
    ["Go back: `kubectl rollout undo x`.", "Go back:", ["kubectl rollout undo x"]],
    ["kubectl logs x -c api --previous", "", ["kubectl logs x -c api --previous"]],
    ["Run `kubectl get x` and look.", "Run `kubectl get x` and look.", ["kubectl get x"]],
  ];
  test.each(rows)("%s", (text, prose, commands) => expect(nextStep(text)).toEqual({ prose, commands }));
});
