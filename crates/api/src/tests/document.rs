//! The OpenAPI document says what the server does.
use crate::testbed::World;
use http::StatusCode;
use serde_json::Value;

/// The document, pinned: a change of the API shows here, and in the types made from it.
#[test]
fn the_page_about_the_codes_is_that_of_the_code() {
    let written = include_str!("../../../../docs/diagnoses.md");
    assert_eq!(
        crate::diagnoses_document(),
        written,
        "if that is meant: cargo run -p api --example diagnoses > docs/diagnoses.md"
    );
}

#[test]
fn the_document_is_the_one_in_the_tree() {
    let generated = crate::openapi_document();
    let pinned = include_str!("../../openapi.json");
    assert!(
        generated == pinned,
        "the API differs from openapi.json; if that is meant: cargo run -p api --example openapi > crates/api/openapi.json"
    );
}

/// Each documented path, of an object that exists.
fn paths(document: &Value) -> Vec<(String, String)> {
    let fill = |path: &str| {
        let name = if path.contains("/pods/") { "db-0" } else { "api" };
        let segments =
            [("{cluster}", "prod"), ("{namespace}", "shop"), ("{kind}", "Deployment"), ("{name}", name)];
        segments.iter().fold(path.to_owned(), |path, (from, to)| path.replace(from, to))
    };
    document["paths"].as_object().unwrap().keys().map(|path| (path.clone(), fill(path))).collect()
}

#[tokio::test]
async fn every_documented_route_answers_as_its_schema_says() {
    let site = World::shop().await.serve().await;
    let document = site.json("/api/v1/openapi.json").await;
    let mut checked = 0;
    for (path, url) in paths(&document) {
        let content = &document["paths"][&path]["get"]["responses"]["200"]["content"];
        let Some(schema) = content["application/json"]["schema"].as_object() else {
            assert!(["/metrics", "/api/v1/stream"].contains(&&*path), "{path} has no schema");
            continue;
        };
        let body = site.json(&url).await;
        check(&document, &Value::Object(schema.clone()), &body, &path);
        checked += 1;
    }
    assert_eq!(checked, 14);
    let refused = site.get("/api/v1/workloads?x=1", &[]).await.json();
    check(&document, &document["components"]["schemas"]["Error"], &refused, "a refusal");
    let mut events = site.stream("/api/v1/stream", &[]).await;
    let part = events.next().await.data;
    check(&document, &document["components"]["schemas"]["SnapshotPart"], &part, "a snapshot");
    let change = events.next().await.data;
    check(&document, &document["components"]["schemas"]["Change"], &change, "a change");
}

/// The details of every kind of workload, so that no field goes unseen.
#[tokio::test]
async fn every_kind_of_workload_is_as_its_schema_says() {
    let site = World::shop().await.serve().await;
    let document = site.json("/api/v1/openapi.json").await;
    let list = site.json("/api/v1/workloads").await;
    for row in list["items"].as_array().unwrap() {
        let id = row["id"].as_str().unwrap();
        let detail = site.json(&format!("/api/v1/workloads/{id}")).await;
        check(&document, &document["components"]["schemas"]["WorkloadDetail"], &detail, id);
    }
}

#[tokio::test]
async fn the_documented_parameters_are_those_that_are_taken() {
    let site = World::shop().await.serve().await;
    let document = site.json("/api/v1/openapi.json").await;
    for (path, url) in paths(&document) {
        let parameters = document["paths"][&path]["get"]["parameters"].as_array();
        let documented: Vec<&str> = parameters
            .into_iter()
            .flatten()
            .filter(|parameter| parameter["in"] == "query")
            .map(|parameter| parameter["name"].as_str().unwrap())
            .collect();
        let answer = site.get(&format!("{url}?nonsense=1"), &[]).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}");
        let taken = if documented.is_empty() { "none".to_owned() } else { documented.join(", ") };
        let message = answer.json()["error"]["message"].as_str().unwrap().to_owned();
        assert_eq!(message, format!("`nonsense`: unknown parameter; this route takes {taken}"), "{path}");
    }
}

/// Checks a value against a schema, as far as this document uses schemas: nothing may be missing, nothing more.
fn check(document: &Value, schema: &Value, value: &Value, at: &str) {
    if let Err(problem) = fits(document, schema, value) {
        panic!("{at}: {problem}");
    }
}

fn fits(document: &Value, schema: &Value, value: &Value) -> Result<(), String> {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap();
        return fits(document, &document["components"]["schemas"][name], value)
            .map_err(|problem| format!("{name}: {problem}"));
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let problems: Vec<String> =
            choices.iter().filter_map(|choice| fits(document, choice, value).err()).collect();
        return if problems.len() < choices.len() { Ok(()) } else { Err(problems.join(" / ")) };
    }
    if let Some(choices) = schema["enum"].as_array() {
        return if choices.contains(value) { Ok(()) } else { Err(format!("{value} is none of {choices:?}")) };
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(many) => many.iter().map(|one| one.as_str().unwrap()).collect(),
        _ => Vec::new(),
    };
    let of = |value: &Value| match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    if !types.is_empty() && !types.contains(&of(value)) {
        return Err(format!("{value} is no {types:?}"));
    }
    match value {
        Value::Array(items) => {
            for item in items {
                fits(document, &schema["items"], item)?;
            }
        }
        Value::Object(fields) => {
            let mut properties = serde_json::Map::new();
            collect_properties(document, schema, &mut properties);
            let free = schema["additionalProperties"].as_object().is_some() || properties.is_empty();
            for (name, field) in fields.iter().filter(|_| !free) {
                let property =
                    properties.get(name).ok_or_else(|| format!("`{name}` is not in the schema"))?;
                fits(document, property, field).map_err(|problem| format!("`{name}`: {problem}"))?;
            }
            for name in properties.keys() {
                if !fields.contains_key(name) {
                    return Err(format!("`{name}` is missing"));
                }
            }
        }
        _ => {}
    }
    Ok(())
}

fn collect_properties(document: &Value, schema: &Value, into: &mut serde_json::Map<String, Value>) {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap();
        collect_properties(document, &document["components"]["schemas"][name], into);
    }
    if let Some(properties) = schema["properties"].as_object() {
        into.extend(properties.clone());
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        collect_properties(document, part, into);
    }
}
