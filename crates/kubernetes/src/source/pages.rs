//! A list in pages.

use super::{End, Source};
use crate::api::meta::ListMeta;
use crate::connection::Question;
use crate::error::Error;
use crate::telemetry::Verb;
use crate::wire::{ListPart, ListReader, Malformed};
use domain::id::Uid;
use std::time::Duration;

/// How long a list may pause.
const IDLE: Duration = Duration::from_secs(30);

impl Source {
    /// Reads all pages of a list, telling each object as it arrives.
    pub(super) async fn list_pages(&mut self) -> Result<(), End> {
        let mut uids = Vec::new();
        let mut from = None;
        loop {
            let address = self.endpoint.page(from.as_deref());
            let metadata = self.list_page(&address, Some(&mut uids)).await?;
            if metadata.r#continue.is_empty() {
                self.backoff.reset();
                return Ok(self.listed(uids, metadata.resource_version).await?);
            }
            from = Some(metadata.r#continue);
        }
    }

    /// Reads one page; tells its objects where their uids are wanted.
    pub(super) async fn list_page(
        &mut self,
        address: &str,
        mut uids: Option<&mut Vec<Uid>>,
    ) -> Result<ListMeta, End> {
        let resource = self.endpoint.id.resource;
        let question = Question { verb: Verb::List, resource: Some(resource), address, protobuf: true };
        let mut answer = self.ask(question).await?;
        let mut reader = ListReader::new(answer.format);
        let mut metadata = ListMeta::default();
        while let Some(bytes) = self.next_bytes(&mut answer, IDLE).await? {
            self.around.telemetry.count_bytes(resource, bytes.len());
            reader.push(&bytes);
            while let Some(part) = reader.next_part().map_err(Error::Malformed)? {
                match part {
                    ListPart::Metadata(bytes) => {
                        metadata = answer.format.decode(&bytes).map_err(Error::Malformed)?;
                    }
                    ListPart::Item(bytes) => {
                        if let Some(uids) = &mut uids {
                            uids.extend(self.put(answer.format, &bytes).await?.0);
                        }
                    }
                }
            }
        }
        reader.finish().map_err(Error::Malformed)?;
        // Whatever else answers with 200, a gateway or a load balancer, must not pass for an empty list: all would be
        // taken for deleted.
        if metadata.resource_version.is_empty() {
            return Err(Error::Malformed(Malformed::NoList).into());
        }
        Ok(metadata)
    }
}
