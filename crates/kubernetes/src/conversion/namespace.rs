//! `v1 Namespace`

use super::{Convert, created};
use crate::api::core::Namespace;
use crate::api::meta::ObjectMeta;
use crate::interner::Interner;
use domain::id::Uid;
use domain::observation::Object;
use std::sync::Arc;

impl Convert for Namespace {
    fn take_metadata(&mut self) -> ObjectMeta {
        self.metadata.take().unwrap_or_default()
    }

    fn convert(self, metadata: ObjectMeta, interner: &mut Interner) -> Object {
        Object::Namespace(Arc::new(domain::namespace::Namespace {
            uid: Uid::parse(&metadata.uid),
            name: interner.text(&metadata.name),
            created: created(&metadata),
            terminating: self.status.is_some_and(|status| status.phase == "Terminating"),
        }))
    }
}
