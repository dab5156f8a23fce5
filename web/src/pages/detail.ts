/** The pages that are not needed for the first look: one script, fetched when the first look is done. */

export { default as EventsPage } from "./EventsPage.svelte";
export { default as PodPage } from "./PodPage.svelte";
export { default as PodsPage } from "./PodsPage.svelte";
export { default as SettingsPage } from "./SettingsPage.svelte";
export { default as WorkloadPage } from "./WorkloadPage.svelte";
