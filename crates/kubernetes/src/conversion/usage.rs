//! `metrics.k8s.io/v1beta1 PodMetrics`

use super::amount;
use crate::api::metrics::PodMetrics;
use crate::api::quantity::Quantity;
use crate::interner::Interner;
use domain::observation::Usage;

const NANOCORES_PER_MILLICORE: u64 = 1_000_000;

/// What a pod uses, over all its containers; metrics-server counts in billionths of a core.
pub(crate) fn usage(metrics: &PodMetrics, interner: &mut Interner) -> Usage {
    let (mut cpu_nanocores, mut memory_bytes) = (0_u64, 0_u64);
    for container in &metrics.containers {
        let cpu = amount(&container.usage, "cpu").and_then(Quantity::billionths);
        let memory = amount(&container.usage, "memory").and_then(Quantity::units);
        cpu_nanocores = cpu_nanocores.saturating_add(cpu.unwrap_or(0));
        memory_bytes = memory_bytes.saturating_add(memory.unwrap_or(0));
    }
    Usage {
        namespace: interner.text(&metrics.metadata.namespace),
        pod: metrics.metadata.name.as_str().into(),
        cpu_millicores: cpu_nanocores.div_ceil(NANOCORES_PER_MILLICORE),
        memory_bytes,
    }
}
