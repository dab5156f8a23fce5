/** What makes one object of the answers another one: two contexts may show one cluster, and each uid twice. */

export function podKey(pod: { cluster: string; uid: string }): string {
  return `${pod.cluster}/${pod.uid}`;
}

export function eventKey(event: { cluster: string; id: string }): string {
  return `${event.cluster}/${event.id}`;
}
