// Made by `npm run types` in web/ from crates/api/openapi.json. Change that, not this.

export interface paths {
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists events
         * @description Newest first. Kubernetes forgets events after an hour, and so does this.
         */
        get: operations["listEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shows how the server itself stands
         * @description Always 200 while it can answer: what it watches being broken is no reason to restart it.
         */
        get: operations["readHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/license": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shows which edition is in force, and how the licence stands
         * @description Nothing of the API depends on it. The key itself is never shown.
         */
        get: operations["readLicense"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists namespaces
         * @description By cluster and name, those in the namespace filter only.
         */
        get: operations["listNamespaces"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows this document */
        get: operations["readDocument"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/overview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Counts everything
         * @description By status, cluster, namespace and kind; with the sources that it rests on.
         */
        get: operations["readOverview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pods": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists pods */
        get: operations["listPods"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pods/{cluster}/{namespace}/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows a pod */
        get: operations["readPod"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pods/{cluster}/{namespace}/{name}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the events of a pod
         * @description Newest first.
         */
        get: operations["listPodEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Says whether the first reading is done
         * @description 200 once each required source has been read once, or has been refused; optional ones never hold it up.
         */
        get: operations["readReady"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follows workloads as they change
         * @description Server-sent events. With `after` (or `Last-Event-ID`) the stream goes on from that version: one `change` with what
         *     was missed, then a `change` for each further one, the first at once and later ones gathered for 100 ms. Without it,
         *     or when that can't be replayed, the stream begins with `snapshot` events of at most 200 workloads each, which
         *     together replace what the client has, and a `change` that holds the whole overview. A change of more than 1,000
         *     workloads comes in several, of which only the last has an id. A comment comes every 15 s.
         *     The data of a `snapshot` is a `SnapshotPart`, that of a `change` a `Change`.
         */
        get: operations["followWorkloads"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workloads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists workloads
         * @description The worst first, unless another sort is asked for. A limit of up to 10,000 is allowed to a client that takes gzip.
         */
        get: operations["listWorkloads"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workloads/{cluster}/{namespace}/{kind}/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shows a workload
         * @description Its status, diagnosis, rollout, pods, claims, nodes or runs, resources, conditions and annotations.
         */
        get: operations["readWorkload"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workloads/{cluster}/{namespace}/{kind}/{name}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the events of a workload
         * @description Those about it, its ReplicaSets or Jobs, its pods and its claims; newest first.
         */
        get: operations["listWorkloadEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workloads/{cluster}/{namespace}/{kind}/{name}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shows in which statuses a workload was
         * @description Up to now. Where history is not kept, the status that it is in now is all there is.
         */
        get: operations["readWorkloadHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Measures everything, for Prometheus */
        get: operations["readMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description For how much of the time a workload served */
        Available: {
            /**
             * Format: double
             * @description Of the time in which it was known and something was asked for, the share in which it was not `failed`; null
             *     where there is no such time
             */
            percent: number | null;
        };
        /**
         * @description `event: change`, with the version as its id. A change of more than 1,000 workloads comes in several, of which only
         *     the last has an id and goes on to a new version
         */
        Change: {
            /** @description When the last of it was published */
            at: components["schemas"]["Timestamp"];
            overview: components["schemas"]["OverviewChange"];
            /** @description Ids of those gone, or out of the filter. A client need not know them all */
            removed: string[];
            /** @description Ids of workloads of which something changed that their row does not show: re-read the detail if it is open */
            touched: string[];
            /** @description New, or different, or come into the filter */
            upserted: components["schemas"]["Workload"][];
            /** @description The state that the stream goes on from, with `after`, once this is taken in */
            version: string;
        };
        /** @description A PersistentVolumeClaim */
        Claim: {
            /** Format: int64 */
            capacity_bytes: number | null;
            name: string;
            /**
             * Format: int32
             * @description That pod's number in a StatefulSet
             */
            ordinal: number | null;
            /** @description `Pending`, `Bound`, `Lost`; `Missing` when there is no such claim; null when claims may not be read */
            phase: string | null;
            /** @description The pod that uses it */
            pod: string | null;
            storage_class: string | null;
        };
        /** @description A cluster */
        Cluster: {
            counts: components["schemas"]["Counts"];
            health: components["schemas"]["Health"];
            name: string;
            /** @description How many nodes there are; null when they may not be read */
            nodes: number | null;
            /** @description Kubernetes' version; null while it is not known */
            version: string | null;
        };
        /** @description How a cluster is reached */
        ClusterLink: {
            /** @description Why it can't be reached, and what was tried; null when it answers */
            error: string | null;
            name: string;
            /** @description The API server's address */
            server: string | null;
        };
        /** @description One of the conditions that an object's controller reports */
        Condition: {
            message: string | null;
            reason: string | null;
            since: components["schemas"]["Timestamp"] | null;
            /** @description `True`, `False`, `Unknown` */
            status: string;
            type: string;
        };
        /** @description One container of a pod */
        Container: {
            /** Format: int64 */
            cpu_limit_millicores: number | null;
            /**
             * Format: int32
             * @description Null unless terminated
             */
            exit_code: number | null;
            finished_at: components["schemas"]["Timestamp"] | null;
            image: string;
            last_exit: components["schemas"]["Exit"] | null;
            /** Format: int64 */
            memory_limit_bytes: number | null;
            message: string | null;
            name: string;
            ready: boolean;
            /** @description Kubernetes' word for it: `CrashLoopBackOff`, `OOMKilled` … */
            reason: string | null;
            /** Format: int32 */
            restarts: number;
            /** @description `main`, `init`, `sidecar`, `ephemeral` */
            role: string;
            started_at: components["schemas"]["Timestamp"] | null;
            /** @description `waiting`, `running`, `terminated`, `unknown` (the kubelet has not reported on it) */
            state: string;
        };
        /** @description Requests and limits of one container; null where nothing is asked for */
        ContainerResources: {
            container: string;
            /** Format: int64 */
            cpu_limit_millicores: number | null;
            /** Format: int64 */
            cpu_request_millicores: number | null;
            /** Format: int64 */
            memory_limit_bytes: number | null;
            /** Format: int64 */
            memory_request_bytes: number | null;
        };
        /** @description Workloads by status */
        Counts: {
            /** Format: int32 */
            degraded: number;
            /** Format: int32 */
            failed: number;
            /** Format: int32 */
            healthy: number;
            /** Format: int32 */
            progressing: number;
            /** Format: int32 */
            suspended: number;
            /**
             * Format: int32
             * @description All of them
             */
            total: number;
            /** Format: int32 */
            unknown: number;
        };
        /** @description Why something is as it is */
        Diagnosis: {
            /** @description One of the published codes */
            code: string;
            /** @description What it rests on */
            evidence: components["schemas"]["Evidence"][];
            /** @description What the code means, as `docs/diagnoses.md` has it */
            guide: components["schemas"]["Guide"];
            /** @description What to do, where that is known */
            next_step: string | null;
            /** @description When the cause began */
            since: components["schemas"]["Timestamp"];
            /** @description One sentence for a person: the object, the fact, the effect on service */
            summary: string;
        };
        /** @description A refusal. */
        Error: {
            /** @description What went wrong */
            error: components["schemas"]["Fault"];
        };
        /** @description A Kubernetes Event: what a component says it did or could not do */
        Event: {
            cluster: string;
            /** @description The container that it is about */
            container: string | null;
            /**
             * Format: int32
             * @description How often it happened
             */
            count: number;
            first_at: components["schemas"]["Timestamp"];
            id: string;
            last_at: components["schemas"]["Timestamp"];
            message: string;
            namespace: string;
            object: components["schemas"]["EventObject"];
            reason: string;
            /** @description The component that says it */
            source: string | null;
            /** @description `Normal` or `Warning` */
            type: string;
            /** @description Id of the workload that the object belongs to, as far as that is known */
            workload: string | null;
        };
        /** @description What an event is about */
        EventObject: {
            kind: string;
            name: string;
            namespace: string;
        };
        /** @description One fact that a diagnosis rests on */
        Evidence: {
            at: components["schemas"]["Timestamp"] | null;
            /** @description What told it: `pod`, `container`, `event`, `condition`, `log`, `workload`, `node`, `claim` */
            kind: string;
            /**
             * @description Whom it is about
             * @example Pod/shop/web-1
             */
            object: string;
            /** @description The fact */
            text: string;
        };
        /** @description How one run of a container ended */
        Exit: {
            /** Format: int32 */
            exit_code: number;
            finished_at: components["schemas"]["Timestamp"] | null;
            reason: string | null;
            /** Format: int32 */
            signal: number | null;
            started_at: components["schemas"]["Timestamp"] | null;
        };
        /** @description What went wrong, for a program and for a person. */
        Fault: {
            /**
             * @description For programs: one of a published set, it does not change
             * @example workload_not_found
             */
            code: string;
            /** @description What to do about it */
            hint: string | null;
            /** @description For a person: what happened, naming every parameter at fault and what is allowed */
            message: string;
        };
        /** @description Nothing was known from then to then */
        Gap: {
            from: components["schemas"]["Timestamp"];
            to: components["schemas"]["Timestamp"];
            /** @description For a person */
            why: string;
        };
        /** @description What a code means, whatever the object */
        Guide: {
            /** @description How to see it with kubectl; `NAMESPACE`, `POD` and the like stand for names */
            confirm: string;
            /** @description What is so, and why it matters */
            meaning: string;
            /** @description How to mend it; null where there is nothing to mend */
            mend: string | null;
        };
        /**
         * @description The status of a workload, pod, namespace or cluster, from the worst to the best
         * @enum {string}
         */
        Health: "failed" | "degraded" | "progressing" | "unknown" | "healthy" | "suspended";
        /** @description The statuses of a workload over a span */
        History: {
            available: components["schemas"]["Available"];
            from: components["schemas"]["Timestamp"];
            /** @description When nothing was known, oldest first; they may overlap */
            gaps: components["schemas"]["Gap"][];
            id: string;
            /** @description Oldest first */
            intervals: components["schemas"]["Interval"][];
            /** @description How the storage stands: `ok`, `off`, `read_only`, `full`, `failing` */
            storage: string;
            to: components["schemas"]["Timestamp"];
            /** @description The state that the last interval is of, `<epoch>-<seq>` */
            version: string;
        };
        /** @description A container whose image a rollout changes */
        ImageChange: {
            container: string;
            /** @description Null when the container is new, or the image before is not known */
            from: string | null;
            to: string;
        };
        /** @description An open incident. There are none in this version */
        Incident: Record<string, never>;
        /** @description A workload was in one status from then to then */
        Interval: {
            from: components["schemas"]["Timestamp"];
            health: components["schemas"]["Health"];
            reason: components["schemas"]["Reason"] | null;
            to: components["schemas"]["Timestamp"];
        };
        /** @description A kind, by the status of its workloads */
        KindCounts: {
            counts: components["schemas"]["Counts"];
            /**
             * @description As ids have it, and as parameter `kind` takes it: `Rollout.argoproj.io`
             * @example Deployment
             */
            kind: string;
        };
        /** @description What was known before a source went stale */
        LastKnown: {
            /** @description When the source told its last fact */
            at: components["schemas"]["Timestamp"];
            health: components["schemas"]["Health"];
            /** @description When that status was entered */
            since: components["schemas"]["Timestamp"];
        };
        /** @description Which edition is in force, and how the licence stands */
        License: {
            changes_at: components["schemas"]["Timestamp"] | null;
            /** @description What is in force now: `community` or `enterprise` */
            edition: string;
            expires_at: components["schemas"]["Timestamp"] | null;
            /** @description What is in force beside the edition, by name */
            features: string[];
            grace_ends_at: components["schemas"]["Timestamp"] | null;
            issued_at: components["schemas"]["Timestamp"] | null;
            /** @description Who it was issued to; null where there is no genuine key, as with the three times */
            licensee: string | null;
            /** @description What somebody should know and do, in sentences; null where all is well */
            notice: string | null;
            /**
             * @description `none` (no key was given), `valid`, `grace` (expired, and still in force), `expired`, `not_yet_valid`, `invalid`
             *     (the key can't be made use of)
             */
            state: string;
        };
        /** @description One page of a list */
        List_Event: {
            /** @description When that state was published */
            as_of: components["schemas"]["Timestamp"];
            /** @description What is on this page, in the order asked for */
            items: {
                cluster: string;
                /** @description The container that it is about */
                container: string | null;
                /**
                 * Format: int32
                 * @description How often it happened
                 */
                count: number;
                first_at: components["schemas"]["Timestamp"];
                id: string;
                last_at: components["schemas"]["Timestamp"];
                message: string;
                namespace: string;
                object: components["schemas"]["EventObject"];
                reason: string;
                /** @description The component that says it */
                source: string | null;
                /** @description `Normal` or `Warning` */
                type: string;
                /** @description Id of the workload that the object belongs to, as far as that is known */
                workload: string | null;
            }[];
            /** @description Give it as `cursor`, with the same filter and sort, for the next page; null on the last */
            next_cursor: string | null;
            /** @description How many there are on all pages */
            total: number;
            /** @description The state that this shows, `<epoch>-<seq>`: the stream goes on from it with `after` */
            version: string;
        };
        /** @description One page of a list */
        List_Namespace: {
            /** @description When that state was published */
            as_of: components["schemas"]["Timestamp"];
            /** @description What is on this page, in the order asked for */
            items: {
                cluster: string;
                counts: components["schemas"]["Counts"];
                created_at: components["schemas"]["Timestamp"] | null;
                health: components["schemas"]["Health"];
                name: string;
                /** Format: int32 */
                pods: number;
            }[];
            /** @description Give it as `cursor`, with the same filter and sort, for the next page; null on the last */
            next_cursor: string | null;
            /** @description How many there are on all pages */
            total: number;
            /** @description The state that this shows, `<epoch>-<seq>`: the stream goes on from it with `after` */
            version: string;
        };
        /** @description One page of a list */
        List_Pod: {
            /** @description When that state was published */
            as_of: components["schemas"]["Timestamp"];
            /** @description What is on this page, in the order asked for */
            items: {
                /** @description Names of the PersistentVolumeClaims that it uses */
                claims: string[];
                cluster: string;
                containers: components["schemas"]["Container"][];
                /**
                 * Format: int64
                 * @description CPU in use, in thousandths of a core; null where it is not measured
                 */
                cpu_millicores: number | null;
                created_at: components["schemas"]["Timestamp"];
                /** @description Whether that is the newest revision */
                current: boolean;
                deleting_since: components["schemas"]["Timestamp"] | null;
                health: components["schemas"]["Health"];
                ip: string | null;
                /**
                 * Format: int64
                 * @description Memory in use (working set)
                 */
                memory_bytes: number | null;
                name: string;
                namespace: string;
                node: string | null;
                /**
                 * Format: int32
                 * @description Its number in a StatefulSet
                 */
                ordinal: number | null;
                /** @description `Pending`, `Running`, `Succeeded`, `Failed`, `Unknown` */
                phase: string;
                ready: boolean;
                reason: components["schemas"]["Reason"] | null;
                /**
                 * Format: int32
                 * @description Restarts of all its containers
                 */
                restarts: number;
                /** @description Which revision of its workload it is of */
                revision: string | null;
                started_at: components["schemas"]["Timestamp"] | null;
                uid: string;
                /** @description Id of the workload that it belongs to */
                workload: string | null;
            }[];
            /** @description Give it as `cursor`, with the same filter and sort, for the next page; null on the last */
            next_cursor: string | null;
            /** @description How many there are on all pages */
            total: number;
            /** @description The state that this shows, `<epoch>-<seq>`: the stream goes on from it with `after` */
            version: string;
        };
        /** @description One page of a list */
        List_Workload: {
            /** @description When that state was published */
            as_of: components["schemas"]["Timestamp"];
            /** @description What is on this page, in the order asked for */
            items: {
                /** @description Null for the kinds of Kubernetes itself */
                api_group: string | null;
                /**
                 * Format: int32
                 * @description Pods that have been ready for long enough
                 */
                available: number | null;
                cluster: string;
                /**
                 * Format: int64
                 * @description CPU in use, in thousandths of a core; null where not one pod is measured
                 */
                cpu_millicores: number | null;
                created_at: components["schemas"]["Timestamp"] | null;
                /**
                 * Format: int32
                 * @description Pods asked for
                 */
                desired: number | null;
                /** @description Annotation `maintenant.group` */
                group: string | null;
                health: components["schemas"]["Health"];
                /**
                 * @description `cluster/namespace/Kind/name`; a kind that Kubernetes does not have itself is `Kind.group`
                 * @example prod/shop/Deployment/web
                 */
                id: string;
                /** @description Images asked for, without repetition */
                images: string[];
                /** @example Deployment */
                kind: string;
                last_known: components["schemas"]["LastKnown"] | null;
                /**
                 * Format: int64
                 * @description Memory in use (working set)
                 */
                memory_bytes: number | null;
                name: string;
                namespace: string;
                /**
                 * Format: int32
                 * @description Pods that are ready
                 */
                ready: number | null;
                reason: components["schemas"]["Reason"] | null;
                /**
                 * Format: int32
                 * @description Restarts of all containers of its pods
                 */
                restarts: number;
                /** @description When the status shown was entered */
                since: components["schemas"]["Timestamp"];
                /**
                 * Format: int32
                 * @description Pods of the newest revision
                 */
                updated: number | null;
            }[];
            /** @description Give it as `cursor`, with the same filter and sort, for the next page; null on the last */
            next_cursor: string | null;
            /** @description How many there are on all pages */
            total: number;
            /** @description The state that this shows, `<epoch>-<seq>`: the stream goes on from it with `after` */
            version: string;
        };
        /** @description What the server's process holds */
        Memory: {
            /**
             * Format: int64
             * @description What it may hold, which is the limit of its container; null where nothing limits it
             */
            limit_bytes: number | null;
            /**
             * Format: int64
             * @description In RAM; null where the system does not tell
             */
            resident_bytes: number | null;
        };
        /** @description A namespace */
        Namespace: {
            cluster: string;
            counts: components["schemas"]["Counts"];
            created_at: components["schemas"]["Timestamp"] | null;
            health: components["schemas"]["Health"];
            name: string;
            /** Format: int32 */
            pods: number;
        };
        /** @description A namespace, by the status of what runs in it */
        NamespaceCounts: {
            cluster: string;
            counts: components["schemas"]["Counts"];
            health: components["schemas"]["Health"];
            /** @description Whether workloads may be there that can't be seen: these are not in the counts */
            incomplete: boolean;
            name: string;
            /** Format: int32 */
            pods: number;
            /** @description Whether it is being deleted, and all that is in it */
            terminating: boolean;
        };
        /** @description How a source stands in one namespace */
        NamespaceSource: {
            name: string;
            reason: string | null;
            state: string;
        };
        /** @description How a DaemonSet stands on one node */
        NodeCoverage: {
            health: components["schemas"]["Health"];
            name: string;
            pod: string | null;
            /** @description Whether the node is; null when nodes may not be read */
            ready: boolean | null;
            reason: string | null;
        };
        /** @description How everything stands */
        Overview: components["schemas"]["Whole"] & {
            /** @description When that state was published */
            as_of: components["schemas"]["Timestamp"];
            clusters: components["schemas"]["Cluster"][];
            /** @description Open incidents */
            incidents: components["schemas"]["Incident"][];
            /** @description By kind; kinds of different API groups are apart */
            kinds: components["schemas"]["KindCounts"][];
            namespaces: components["schemas"]["NamespaceCounts"][];
            sources: components["schemas"]["Source"][];
            /** @description The state that this shows, `<epoch>-<seq>` */
            version: string;
        };
        /** @description How everything stands after a change, whatever the filter */
        OverviewChange: components["schemas"]["Whole"] & {
            /** @description Only those that changed; one whose total is 0 may be gone */
            namespaces: components["schemas"]["NamespaceCounts"][];
            /** @description Null when they are as before */
            sources: components["schemas"]["Source"][] | null;
        };
        /** @description One running copy of a workload */
        Pod: {
            /** @description Names of the PersistentVolumeClaims that it uses */
            claims: string[];
            cluster: string;
            containers: components["schemas"]["Container"][];
            /**
             * Format: int64
             * @description CPU in use, in thousandths of a core; null where it is not measured
             */
            cpu_millicores: number | null;
            created_at: components["schemas"]["Timestamp"];
            /** @description Whether that is the newest revision */
            current: boolean;
            deleting_since: components["schemas"]["Timestamp"] | null;
            health: components["schemas"]["Health"];
            ip: string | null;
            /**
             * Format: int64
             * @description Memory in use (working set)
             */
            memory_bytes: number | null;
            name: string;
            namespace: string;
            node: string | null;
            /**
             * Format: int32
             * @description Its number in a StatefulSet
             */
            ordinal: number | null;
            /** @description `Pending`, `Running`, `Succeeded`, `Failed`, `Unknown` */
            phase: string;
            ready: boolean;
            reason: components["schemas"]["Reason"] | null;
            /**
             * Format: int32
             * @description Restarts of all its containers
             */
            restarts: number;
            /** @description Which revision of its workload it is of */
            revision: string | null;
            started_at: components["schemas"]["Timestamp"] | null;
            uid: string;
            /** @description Id of the workload that it belongs to */
            workload: string | null;
        };
        /** @description A pod, with the events about it */
        PodDetail: components["schemas"]["Pod"] & {
            /** @description When that state was published */
            as_of: components["schemas"]["Timestamp"];
            /** @description Newest first */
            events: components["schemas"]["Event"][];
            /** @description The state that this shows, `<epoch>-<seq>` */
            version: string;
        };
        /** @description Whether the first reading is done */
        Ready: {
            ready: boolean;
            /** @description For a person; null when ready */
            reason: string | null;
            /** @description Names of the required sources that have neither been read once nor been refused */
            waiting_for: string[];
        };
        /** @description Why something is as it is, in short */
        Reason: {
            /**
             * @description One of the published codes
             * @example crash_loop
             */
            code: string;
            /** @description One sentence for a person */
            summary: string;
        };
        /** @description How far a change of what is asked for has come */
        Rollout: {
            /** Format: int32 */
            available: number | null;
            deadline_at: components["schemas"]["Timestamp"] | null;
            /** Format: int32 */
            desired: number | null;
            /** @description Containers whose image it changes */
            images: components["schemas"]["ImageChange"][];
            /** @description The revision that it replaces, while it does */
            previous_revision: string | null;
            /** Format: int32 */
            ready: number | null;
            /** @description The newest revision, for a person */
            revision: string | null;
            started_at: components["schemas"]["Timestamp"] | null;
            state: components["schemas"]["RolloutState"];
            /** @description One sentence: "2 of 3 updated" */
            summary: string;
            /** Format: int32 */
            updated: number | null;
        };
        /**
         * @description How a rollout stands
         * @enum {string}
         */
        RolloutState: "complete" | "progressing" | "scaling" | "paused" | "waiting" | "stuck";
        /** @description One run of a CronJob */
        Run: {
            finished_at: components["schemas"]["Timestamp"] | null;
            health: components["schemas"]["Health"];
            /** @description Of the Job */
            name: string;
            /** @description How many pods of it are known */
            pods: number;
            reason: string | null;
            started_at: components["schemas"]["Timestamp"] | null;
        };
        /** @description What is watched, and why that */
        Runtime: {
            /** @description `kubernetes`, `simulated` */
            name: string;
            /** @description Which rule decided, as a sentence */
            rule: string;
        };
        /** @description The namespace filter in force */
        Scope: {
            /** @description `all`, `allow`, `block` */
            mode: string;
            /** @description Names and patterns */
            names: string[];
        };
        /** @description How the server itself stands */
        ServerHealth: {
            clusters: components["schemas"]["ClusterLink"][];
            memory: components["schemas"]["Memory"];
            namespaces: components["schemas"]["Scope"];
            runtime: components["schemas"]["Runtime"];
            sources: components["schemas"]["Source"][];
            started_at: components["schemas"]["Timestamp"];
            /** @description Always `ok`: else there would be no answer */
            status: string;
            storage: components["schemas"]["Storage"];
            /** @description Of maintenant */
            version: string;
        };
        /** @description `event: snapshot`: one part of all that is asked for. It replaces what the client has, once the last part has come */
        SnapshotPart: {
            last: boolean;
            /** @description From 1 */
            part: number;
            version: string;
            /** @description At most 200 */
            workloads: components["schemas"]["Workload"][];
        };
        /** @description A resource that is read from a cluster */
        Source: {
            cluster: string;
            /**
             * @description The code of what is wrong with it, as a diagnosis has one
             * @example metrics_absent
             */
            code: string | null;
            guide: components["schemas"]["Guide"] | null;
            last_event_at: components["schemas"]["Timestamp"] | null;
            /** @example kubernetes/prod/pods */
            name: string;
            /** @description With an allowlist, how each namespace stands, where not all is well */
            namespaces: components["schemas"]["NamespaceSource"][] | null;
            reason: string | null;
            /** @description Whether health can't be judged without it */
            required: boolean;
            resource: string;
            /** @description The RBAC rule to add, as YAML, where it may not be read */
            rule: string | null;
            /** @description `connecting`, `synced`, `degraded`, `stale`, `forbidden`, `absent`; of several namespaces the worst */
            state: string;
            /** @description What is lost without it */
            used_for: string;
        };
        /** @description Where history is kept */
        Storage: {
            /** Format: int64 */
            bytes: number | null;
            /** @description What happened and what to do, where something is wrong */
            message: string | null;
            path: string | null;
            /** @description `ok`, `off`, `read_only`, `full`, `failing` */
            state: string;
        };
        /**
         * Format: date-time
         * @description A point in time in UTC (RFC 3339), to the millisecond at most
         * @example 2026-11-21T03:00:00Z
         */
        Timestamp: string;
        /** @description All clusters together */
        Whole: {
            counts: components["schemas"]["Counts"];
            /** @description The worst status, save what does not count for it: old failed Jobs, nodes away */
            health: components["schemas"]["Health"];
            /** @description Whether workloads may be there, in some namespace, that can't be seen: these are not in the counts */
            incomplete: boolean;
            /**
             * Format: int32
             * @description Pods of all workloads
             */
            pods: number;
            /** @description Whether each required source has been read once, or has been refused */
            ready: boolean;
        };
        /** @description A workload: what a person deployed */
        Workload: {
            /** @description Null for the kinds of Kubernetes itself */
            api_group: string | null;
            /**
             * Format: int32
             * @description Pods that have been ready for long enough
             */
            available: number | null;
            cluster: string;
            /**
             * Format: int64
             * @description CPU in use, in thousandths of a core; null where not one pod is measured
             */
            cpu_millicores: number | null;
            created_at: components["schemas"]["Timestamp"] | null;
            /**
             * Format: int32
             * @description Pods asked for
             */
            desired: number | null;
            /** @description Annotation `maintenant.group` */
            group: string | null;
            health: components["schemas"]["Health"];
            /**
             * @description `cluster/namespace/Kind/name`; a kind that Kubernetes does not have itself is `Kind.group`
             * @example prod/shop/Deployment/web
             */
            id: string;
            /** @description Images asked for, without repetition */
            images: string[];
            /** @example Deployment */
            kind: string;
            last_known: components["schemas"]["LastKnown"] | null;
            /**
             * Format: int64
             * @description Memory in use (working set)
             */
            memory_bytes: number | null;
            name: string;
            namespace: string;
            /**
             * Format: int32
             * @description Pods that are ready
             */
            ready: number | null;
            reason: components["schemas"]["Reason"] | null;
            /**
             * Format: int32
             * @description Restarts of all containers of its pods
             */
            restarts: number;
            /** @description When the status shown was entered */
            since: components["schemas"]["Timestamp"];
            /**
             * Format: int32
             * @description Pods of the newest revision
             */
            updated: number | null;
        };
        /** @description A workload with all that is known of it */
        WorkloadDetail: components["schemas"]["Workload"] & {
            /** @description Annotations whose names start with `maintenant.` */
            annotations: {
                [key: string]: string;
            };
            /** @description When that state was published */
            as_of: components["schemas"]["Timestamp"];
            /** @description The PersistentVolumeClaims of its pods */
            claims: components["schemas"]["Claim"][];
            /** @description `status.conditions` of its object */
            conditions: components["schemas"]["Condition"][];
            diagnosis: components["schemas"]["Diagnosis"] | null;
            /** @description The nodes that a DaemonSet runs on; null for other kinds */
            nodes: components["schemas"]["NodeCoverage"][] | null;
            /** @description Of the newest revision first */
            pods: components["schemas"]["Pod"][];
            /** @description What each container asks for, and may use */
            resources: components["schemas"]["ContainerResources"][];
            rollout: components["schemas"]["Rollout"] | null;
            /** @description The runs of a CronJob, newest first; null for other kinds */
            runs: components["schemas"]["Run"][] | null;
            /** @description The state that this shows, `<epoch>-<seq>` */
            version: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listEvents: {
        parameters: {
            query?: {
                /** @description Clusters, separated by commas; all when left out */
                cluster?: string;
                /**
                 * @description Namespaces, separated by commas; all when left out. One that does not exist is a 404
                 * @example shop,billing
                 */
                namespace?: string;
                /** @description `Warning` or `Normal`; both when left out */
                type?: string;
                /** @description Words that must all be found: in a name, a namespace, an image, a reason; the case of letters does not matter */
                q?: string;
                /** @description How many items, from 1 to 1000; 100 when left out */
                limit?: number;
                /** @description The `next_cursor` of the page before, with the same filter, sort and order */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of events */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_Event"];
                };
            };
            /** @description As `If-None-Match` says */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A parameter can't be understood */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No such namespace */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    readHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How the server stands */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServerHealth"];
                };
            };
            /** @description The route takes no parameters */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    readLicense: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How the licence stands at this moment */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["License"];
                };
            };
            /** @description The route takes no parameters */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listNamespaces: {
        parameters: {
            query?: {
                /** @description Clusters, separated by commas; all when left out */
                cluster?: string;
                /** @description How many items, from 1 to 1000; 100 when left out */
                limit?: number;
                /** @description The `next_cursor` of the page before, with the same filter, sort and order */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of namespaces */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_Namespace"];
                };
            };
            /** @description As `If-None-Match` says */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A parameter can't be understood */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    readDocument: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The OpenAPI document of this API */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description The route takes no parameters */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    readOverview: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How everything stands */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Overview"];
                };
            };
            /** @description As `If-None-Match` says */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The route takes no parameters */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listPods: {
        parameters: {
            query?: {
                /** @description Clusters, separated by commas; all when left out */
                cluster?: string;
                /**
                 * @description Namespaces, separated by commas; all when left out. One that does not exist is a 404
                 * @example shop,billing
                 */
                namespace?: string;
                /**
                 * @description The id of a workload: its pods only
                 * @example prod/shop/Deployment/web
                 */
                workload?: string;
                /** @description The name of a node: the pods on it only */
                node?: string;
                /**
                 * @description `failed`, `degraded`, `progressing`, `unknown`, `healthy`, `suspended`, separated by commas
                 * @example failed,degraded
                 */
                health?: string;
                /** @description Words that must all be found: in a name, a namespace, an image, a reason; the case of letters does not matter */
                q?: string;
                /** @description `name` (when left out), `health`, `restarts`, `created`, `node` */
                sort?: string;
                /** @description `asc` (when left out) or `desc`; values that are absent come last either way */
                order?: string;
                /** @description How many items, from 1 to 1000; 100 when left out */
                limit?: number;
                /** @description The `next_cursor` of the page before, with the same filter, sort and order */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of pods */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_Pod"];
                };
            };
            /** @description As `If-None-Match` says */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A parameter can't be understood */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No such namespace or workload */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    readPod: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The cluster's name in the configuration */
                cluster: string;
                /** @description The namespace */
                namespace: string;
                /** @description The name */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The pod */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PodDetail"];
                };
            };
            /** @description As `If-None-Match` says */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The route takes no parameters */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No such pod */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listPodEvents: {
        parameters: {
            query?: {
                /** @description `Warning` or `Normal`; both when left out */
                type?: string;
                /** @description Words that must all be found: in a name, a namespace, an image, a reason; the case of letters does not matter */
                q?: string;
                /** @description How many items, from 1 to 1000; 100 when left out */
                limit?: number;
                /** @description The `next_cursor` of the page before, with the same filter, sort and order */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description The cluster's name in the configuration */
                cluster: string;
                /** @description The namespace */
                namespace: string;
                /** @description The name */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of events */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_Event"];
                };
            };
            /** @description As `If-None-Match` says */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A parameter can't be understood */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No such pod */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    readReady: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Ready */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ready"];
                };
            };
            /** @description The route takes no parameters */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not yet */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ready"];
                };
            };
        };
    };
    followWorkloads: {
        parameters: {
            query?: {
                /** @description Clusters, separated by commas; all when left out */
                cluster?: string;
                /**
                 * @description Namespaces, separated by commas; all when left out. One that does not exist is a 404
                 * @example shop,billing
                 */
                namespace?: string;
                /**
                 * @description Kinds, separated by commas; one that Kubernetes does not have itself with its group: `Rollout.argoproj.io`, or
                 *     without it for that kind of every group
                 * @example Deployment,Job
                 */
                kind?: string;
                /**
                 * @description `failed`, `degraded`, `progressing`, `unknown`, `healthy`, `suspended`, separated by commas
                 * @example failed,degraded
                 */
                health?: string;
                /** @description Words that must all be found: in a name, a namespace, an image, a reason; the case of letters does not matter */
                q?: string;
                /** @description The `version` that the client has */
                after?: string;
            };
            header?: {
                /** @description The id of the last event that the client has; it counts for more than `after` */
                "Last-Event-ID"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Events */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description A parameter can't be understood */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No such namespace */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Too many streams are open; come back after `Retry-After` seconds */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listWorkloads: {
        parameters: {
            query?: {
                /** @description Clusters, separated by commas; all when left out */
                cluster?: string;
                /**
                 * @description Namespaces, separated by commas; all when left out. One that does not exist is a 404
                 * @example shop,billing
                 */
                namespace?: string;
                /**
                 * @description Kinds, separated by commas; one that Kubernetes does not have itself with its group: `Rollout.argoproj.io`, or
                 *     without it for that kind of every group
                 * @example Deployment,Job
                 */
                kind?: string;
                /**
                 * @description `failed`, `degraded`, `progressing`, `unknown`, `healthy`, `suspended`, separated by commas
                 * @example failed,degraded
                 */
                health?: string;
                /** @description Words that must all be found: in a name, a namespace, an image, a reason; the case of letters does not matter */
                q?: string;
                /** @description `health` (when left out), `name`, `namespace`, `kind`, `since`, `ready` (the share of pods that are), `restarts`, `cpu`, `memory`, `created` */
                sort?: string;
                /** @description `asc` (when left out) or `desc`; values that are absent come last either way */
                order?: string;
                /** @description How many items, from 1 to 1000; 100 when left out */
                limit?: number;
                /** @description The `next_cursor` of the page before, with the same filter, sort and order */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of workloads */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_Workload"];
                };
            };
            /** @description As `If-None-Match` says */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A parameter can't be understood */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No such namespace */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    readWorkload: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The cluster's name in the configuration */
                cluster: string;
                /** @description The namespace */
                namespace: string;
                /**
                 * @description The kind; one that Kubernetes does not have itself with its group
                 * @example Deployment
                 */
                kind: string;
                /** @description The name */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The workload */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkloadDetail"];
                };
            };
            /** @description As `If-None-Match` says */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The route takes no parameters */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No such workload */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listWorkloadEvents: {
        parameters: {
            query?: {
                /** @description `Warning` or `Normal`; both when left out */
                type?: string;
                /** @description Words that must all be found: in a name, a namespace, an image, a reason; the case of letters does not matter */
                q?: string;
                /** @description How many items, from 1 to 1000; 100 when left out */
                limit?: number;
                /** @description The `next_cursor` of the page before, with the same filter, sort and order */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description The cluster's name in the configuration */
                cluster: string;
                /** @description The namespace */
                namespace: string;
                /**
                 * @description The kind; one that Kubernetes does not have itself with its group
                 * @example Deployment
                 */
                kind: string;
                /** @description The name */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of events */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_Event"];
                };
            };
            /** @description As `If-None-Match` says */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A parameter can't be understood */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No such workload */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    readWorkloadHistory: {
        parameters: {
            query?: {
                /** @description `1h`, `6h`, `24h` (when left out), `7d` */
                range?: string;
            };
            header?: never;
            path: {
                /** @description The cluster's name in the configuration */
                cluster: string;
                /** @description The namespace */
                namespace: string;
                /**
                 * @description The kind; one that Kubernetes does not have itself with its group
                 * @example Deployment
                 */
                kind: string;
                /** @description The name */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its statuses */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["History"];
                };
            };
            /** @description A parameter can't be understood */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No such workload */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The history can't be read */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    readMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All metrics, as OpenMetrics or Prometheus text */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description The route takes no parameters */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
}
