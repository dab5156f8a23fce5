//! The table of values in the chart's own page says what is in force.

use serde_json::Value;

use crate::helm::{self, CHART};
use crate::values::leaves;

#[test]
fn the_table_lists_each_value_with_its_default() {
    let rows = rows(&helm::read(format!("{CHART}/README.md")));
    let values = helm::parse(&helm::read(format!("{CHART}/values.yaml"))).remove(0);
    let mut unlisted = Vec::new();
    for (path, _) in leaves(&values, "") {
        let is_of = |row: &str| path == row || path.starts_with(&format!("{row}."));
        if !rows.iter().any(|(row, _)| is_of(row)) {
            unlisted.push(path);
        }
    }
    assert!(unlisted.is_empty(), "not in the table: {unlisted:?}");
    for (path, default) in &rows {
        let value = values
            .pointer(&format!("/{}", path.replace('.', "/")))
            .unwrap_or_else(|| panic!("`{path}` is in the table, and no value"));
        match value {
            Value::String(text) if text.is_empty() => {
                assert!(default.starts_with("`\"\"`"), "{path}: {default}");
            }
            Value::String(text) => assert_eq!(default, &format!("`{text}`"), "{path}"),
            // Those are said in words; each figure is among them.
            Value::Object(map) if !map.is_empty() => {
                for (leaf, value) in leaves(value, "") {
                    let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    let value = value.replace(['[', ']', '"'], "");
                    assert!(default.contains(&value), "{path}.{leaf}: {value} is not in: {default}");
                }
            }
            other => assert_eq!(default, &format!("`{other}`"), "{path}"),
        }
    }
}

/// `(value, default)` of each row `` | `value` | default | meaning | ``.
fn rows(markdown: &str) -> Vec<(String, String)> {
    let rows = markdown.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| `")?.split(" | ");
        Some((cells.next()?.strip_suffix('`')?.to_owned(), cells.next()?.trim().to_owned()))
    });
    rows.collect()
}
