//! `v1 Node`

use super::{Convert, compute, condition, created};
use crate::api::core::Node;
use crate::api::meta::ObjectMeta;
use crate::interner::Interner;
use domain::id::Uid;
use domain::observation::Object;
use std::sync::Arc;

impl Convert for Node {
    fn take_metadata(&mut self) -> ObjectMeta {
        self.metadata.take().unwrap_or_default()
    }

    fn convert(self, metadata: ObjectMeta, interner: &mut Interner) -> Object {
        let status = self.status.unwrap_or_default();
        let telling = status
            .conditions
            .into_iter()
            .filter(|condition| condition.r#type == "Ready" || condition.status == "True");
        Object::Node(Arc::new(domain::node::Node {
            uid: Uid::parse(&metadata.uid),
            name: interner.text(&metadata.name),
            created: created(&metadata),
            unschedulable: self.spec.is_some_and(|spec| spec.unschedulable),
            conditions: telling.map(|telling| condition(telling, interner)).collect(),
            allocatable: compute(&status.allocatable),
        }))
    }
}
