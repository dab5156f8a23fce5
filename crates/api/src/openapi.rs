//! The OpenAPI document: its frame, and what holds for all of it.
use crate::views::stream::{ChangeView, SnapshotPartView};
use utoipa::OpenApi;
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{OpenApi as Document, RefOr};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "maintenant",
        description = "What runs in your clusters: is it healthy, since when, and why not. This API only reads. Absent is null. Lists filter, sort and page on the server. Errors have one shape, whose `code` does not change.",
        version = "1",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    servers((url = "/", description = "This server")),
    components(schemas(SnapshotPartView, ChangeView)),
    tags(
        (name = "overview", description = "How everything stands"),
        (name = "workloads", description = "What people deployed"),
        (name = "pods", description = "Running copies"),
        (name = "events", description = "What Kubernetes says it did or could not do"),
        (name = "namespaces", description = "Counts by namespace"),
        (name = "stream", description = "Changes as they happen"),
        (name = "server", description = "maintenant itself"),
    ),
)]
struct Frame;

/// The document without its routes.
pub(crate) fn frame() -> Document {
    Frame::openapi()
}

/// The document with what no attribute says: absent is null and never left out, so every property is required.
fn complete(mut document: Document) -> Document {
    if let Some(components) = &mut document.components {
        for schema in components.schemas.values_mut() {
            require(schema);
        }
    }
    document
}

/// The document as it is served: of the file in the tree, which a test holds equal to what the code says.
pub(crate) const PINNED: &str = include_str!("../openapi.json");

/// The document as the code has it.
pub(crate) fn text(document: Document) -> String {
    let mut text = complete(document).to_pretty_json().expect("a document of texts always serialises");
    text.push('\n');
    text
}

fn require(schema: &mut RefOr<Schema>) {
    match schema {
        RefOr::T(Schema::Object(object)) => {
            object.required = object.properties.keys().cloned().collect();
            object.properties.values_mut().for_each(require);
        }
        RefOr::T(Schema::AllOf(parts)) => parts.items.iter_mut().for_each(require),
        RefOr::T(Schema::Array(array)) => {
            if let utoipa::openapi::schema::ArrayItems::RefOrSchema(items) = &mut array.items {
                require(items);
            }
        }
        _ => {}
    }
}
