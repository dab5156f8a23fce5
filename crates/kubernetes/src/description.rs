//! What a cluster says of itself, each time that it answers anew: another one may have taken its place.

use crate::api::meta::PartialObject;
use crate::backoff::Backoff;
use crate::connection::{Connection, Question};
use crate::error::Error;
use crate::telemetry::Verb;
use domain::id::Uid;
use domain::observation::{Description, Fact, Observation};
use domain::source::Resource;
use domain::text::Text;
use serde::Deserialize;
use std::sync::Arc;
use tokio::sync::{mpsc, watch};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// Reads version and identity of a cluster. Task `<cluster>/description`.
#[derive(Debug)]
pub(crate) struct Describer {
    cluster: Text,
    connection: Arc<Connection>,
    /// Wakes when the cluster is reached. One value, the latest; closed with the connection.
    returns: watch::Receiver<u64>,
    /// To the engine; see [`crate::report::Report`].
    observations: mpsc::Sender<Observation>,
}

/// The answer to `/version`, in JSON always.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Version {
    git_version: String,
}

impl Describer {
    pub(crate) fn new(
        cluster: Text,
        connection: Arc<Connection>,
        observations: mpsc::Sender<Observation>,
    ) -> Self {
        let returns = connection.returns();
        Self { cluster, connection, returns, observations }
    }

    /// Reads once for each time that the cluster is reached, until `stop`.
    pub(crate) async fn run(mut self, stop: CancellationToken) {
        stop.run_until_cancelled(self.follow()).await;
    }

    async fn follow(&mut self) {
        // Fails when the connection is dropped, with all that use it.
        while self.returns.changed().await.is_ok() {
            let mut backoff = Backoff::default();
            let description = loop {
                match self.describe().await {
                    Ok(description) => break description,
                    Err(_) => sleep(backoff.next_wait()).await,
                }
            };
            let fact = Fact::Described(description);
            let observation = Observation::Cluster { cluster: self.cluster.clone(), fact };
            if self.observations.send(observation).await.is_err() {
                return;
            }
        }
    }

    /// What may not be read is left open; what is not answered is an error.
    async fn describe(&self) -> Result<Description, Error> {
        let server = self.connection.server().await?;
        let version = readable(self.version().await)?;
        let uid = readable(self.uid().await)?;
        Ok(Description { server, version, uid })
    }

    async fn version(&self) -> Result<Text, Error> {
        let question = Question { verb: Verb::Get, resource: None, address: "/version", protobuf: false };
        let (_, body) = self.connection.fetch(question).await?;
        let version: Version = serde_json::from_slice(&body).map_err(|error| {
            Error::Malformed(crate::wire::Malformed::Syntax { format: "JSON", problem: error.to_string() })
        })?;
        Ok(crate::error::quote(&version.git_version).into())
    }

    async fn uid(&self) -> Result<Uid, Error> {
        let address = "/api/v1/namespaces/kube-system";
        let resource = Some(Resource::Namespaces);
        let question = Question { verb: Verb::Get, resource, address, protobuf: true };
        let (format, body) = self.connection.fetch(question).await?;
        let namespace: PartialObject = format.decode_body(body)?;
        Ok(Uid::parse(&namespace.metadata.unwrap_or_default().uid))
    }
}

fn readable<T>(answer: Result<T, Error>) -> Result<Option<T>, Error> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(Error::Refused(refusal)) if matches!(refusal.code, 403 | 404) => Ok(None),
        Err(Error::Malformed(_)) => Ok(None),
        Err(error) => Err(error),
    }
}
