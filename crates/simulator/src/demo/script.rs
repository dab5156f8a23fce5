//! What happens in a quarter of an hour, over and over.

use super::shop::image;
use crate::{
    Behaviour, ControlPlane,
    Resource::{DaemonSets, Deployments, PersistentVolumeClaims, StatefulSets},
};
use jiff::{SignedDuration, Timestamp};

/// Puts one telling of the story on the timeline. Versions count up with each.
pub(super) fn tell(plane: &mut ControlPlane, begin: Timestamp, cycle: u32) {
    let at = |minutes: i64, seconds: i64| begin + SignedDuration::from_secs(minutes * 60 + seconds);

    // A rollout as it should be.
    let search = image(&format!("catalog/search-api:3.8.{}", cycle + 1));
    plane.set_image_at(at(0, 12), Deployments, "catalog", "search-api", &search);

    // A new version that ends at once, while the old one serves; it is rolled back.
    let (good, bad) =
        (image("payments/checkout-api:2.13.4"), image(&format!("payments/checkout-api:2.{}.0", cycle + 14)));
    plane.set_behaviour(&bad, missing_database_url());
    plane.set_image_at(at(0, 50), Deployments, "payments", "checkout-api", &bad);
    plane.set_image_at(at(5, 40), Deployments, "payments", "checkout-api", &good);

    // A version that leaks memory and is killed at its limit; the next one does not.
    let leaky = image(&format!("media/thumbnailer:5.{}.0", cycle + 2));
    let mended = image(&format!("media/thumbnailer:5.{}.1", cycle + 2));
    plane.set_behaviour(&leaky, Behaviour::RunsOutOfMemory { runs_for: SignedDuration::from_secs(38) });
    plane.set_image_at(at(2, 30), Deployments, "media", "thumbnailer", &leaky);
    plane.set_image_at(at(9, 30), Deployments, "media", "thumbnailer", &mended);

    // One pod more whose volume is not provided for some minutes.
    let exhausted = "rpc error: code = ResourceExhausted desc = quota \"ssd-total\" of 1000Gi exceeded";
    plane.break_storage_class_at(at(3, 55), "fast-ssd", Some(exhausted));
    plane.scale_at(at(4, 0), StatefulSets, "catalog", "search-index", 4);
    plane.break_storage_class_at(at(8, 20), "fast-ssd", None);
    plane.scale_at(at(13, 30), StatefulSets, "catalog", "search-index", 3);
    plane.delete_at(at(14, 10), PersistentVolumeClaims, "catalog", "data-search-index-3");

    // A new version whose Secret somebody forgot, and adds later.
    let gift_cards = image(&format!("shop/gift-cards:1.{}.0", cycle + 7));
    plane.set_secret_at(at(6, 20), "shop", "gift-cards-db", false);
    plane.set_image_at(at(6, 25), Deployments, "shop", "gift-cards", &gift_cards);
    plane.set_secret_at(at(11, 0), "shop", "gift-cards-db", true);

    // A run of a CronJob that fails, and the next that does not.
    let price_sync = image("batch/price-sync:1.4.0");
    plane.set_behaviour_at(at(7, 30), &price_sync, supplier_is_down());
    let completes = Behaviour::Completes { runs_for: SignedDuration::from_secs(21) };
    plane.set_behaviour_at(at(12, 25), &price_sync, completes);

    // An agent on every node is renewed, node by node.
    let fluent_bit = image(&format!("monitoring/fluent-bit:4.1.{}", cycle + 2));
    plane.set_image_at(at(10, 10), DaemonSets, "monitoring", "fluent-bit", &fluent_bit);

    // The evening rush.
    plane.scale_at(at(12, 0), Deployments, "shop", "web", 7);
    plane.scale_at(at(14, 0), Deployments, "shop", "web", 4);
}

fn missing_database_url() -> Behaviour {
    Behaviour::Crashes {
        runs_for: SignedDuration::from_millis(1_300),
        exit_code: 1,
        log: lines(&[
            "level=info msg=\"starting checkout-api\" config=/etc/checkout/config.yaml",
            "level=info msg=\"feature flags loaded\" count=41",
            "level=fatal msg=\"configuration is not complete\" error=\"missing DATABASE_URL\"",
        ]),
    }
}

fn supplier_is_down() -> Behaviour {
    Behaviour::Crashes {
        runs_for: SignedDuration::from_secs(4),
        exit_code: 3,
        log: lines(&[
            "fetching price list from https://supplier.example.com/prices.csv",
            "error: 503 Service Unavailable after 3 attempts",
        ]),
    }
}

fn lines(text: &[&str]) -> Vec<String> {
    text.iter().map(|&line| line.to_owned()).collect()
}
