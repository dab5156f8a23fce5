//! `v1 PersistentVolumeClaim`

use super::{Convert, amount, created};
use crate::api::core::PersistentVolumeClaim;
use crate::api::meta::ObjectMeta;
use crate::api::quantity::Quantity;
use crate::interner::Interner;
use domain::id::Uid;
use domain::observation::Object;
use std::sync::Arc;

impl Convert for PersistentVolumeClaim {
    fn take_metadata(&mut self) -> ObjectMeta {
        self.metadata.take().unwrap_or_default()
    }

    fn convert(self, metadata: ObjectMeta, interner: &mut Interner) -> Object {
        let spec = self.spec.unwrap_or_default();
        let status = self.status.unwrap_or_default();
        let requests = spec.resources.unwrap_or_default().requests;
        let capacity = amount(&status.capacity, "storage").or_else(|| amount(&requests, "storage"));
        Object::Claim(Arc::new(domain::claim::Claim {
            uid: Uid::parse(&metadata.uid),
            namespace: interner.text(&metadata.namespace),
            name: interner.text(&metadata.name),
            created: created(&metadata),
            phase: interner.text(&status.phase),
            capacity_bytes: capacity.and_then(Quantity::units),
            storage_class: interner.optional(&spec.storage_class_name),
        }))
    }
}
