import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";
import svelteConfig from "./svelte.config.js";

export default ts.config(
  { ignores: ["dist/", "node_modules/", "src/lib/api/generated/"] },
  ...ts.configs.strictTypeChecked,
  ...ts.configs.stylisticTypeChecked,
  ...svelte.configs.recommended,
  {
    languageOptions: {
      globals: { ...globals.browser },
      parserOptions: {
        project: ["./tsconfig.json", "./tsconfig.node.json"],
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: [".svelte"],
      },
    },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/consistent-type-imports": ["error", { disallowTypeAnnotations: false }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      // `void live.revision` is how a derived value says what it depends on.
      "@typescript-eslint/no-meaningless-void-operator": "off",
      // Sets and maps here live for one computation; what is reactive is a rune.
      "svelte/prefer-svelte-reactivity": "off",
      // `{" "}` is the only space that survives at the edge of a block.
      "svelte/no-useless-mustaches": "off",
      eqeqeq: "error",
      "no-console": "error",
      // Every string from a cluster is text, never HTML.
      "svelte/no-at-html-tags": "error",
      "svelte/no-inspect": "error",
      "svelte/button-has-type": "error",
      "svelte/no-target-blank": "error",
      // Our router is our own: paths are plain.
      "svelte/no-navigation-without-resolve": "off",
    },
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
  },
  { files: ["build/**", "e2e/**", "*.config.*"], languageOptions: { globals: { ...globals.node } } },
  { files: ["**/*.js"], ...ts.configs.disableTypeChecked },
);
