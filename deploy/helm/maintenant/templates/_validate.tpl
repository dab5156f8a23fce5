{{/* Refuses, with the reason, what the schema can't explain: all of it at once, after helm has held the values against the schema. */}}
{{- define "maintenant.validate" -}}
{{- $faults := list -}}
{{- $values := .Values -}}
{{- $fullname := include "maintenant.fullname" . -}}
{{- if ne (int $values.replicaCount) 1 -}}
{{- $faults = append $faults (printf "replicaCount: %v: only 1 is possible: SQLite has one writer, and a second pod would watch the cluster twice for nothing" $values.replicaCount) -}}
{{- end -}}
{{- if eq $values.runtime "docker" -}}
{{- $faults = append $faults "runtime: docker: the Docker runtime is not in this version, and the program would refuse to start; use kubernetes" -}}
{{- end -}}
{{- if not (regexMatch "^[a-z]([-a-z0-9]*[a-z0-9])?$" $fullname) -}}
{{- $faults = append $faults (printf "the release's name would make a Service called `%s`, which may only have a-z, 0-9 and `-`, and begins with a letter; choose another name for the release, or set fullnameOverride" $fullname) -}}
{{- end -}}
{{- with $values.image.digest -}}
{{- if not (regexMatch "^sha256:[0-9a-f]{64}$" .) -}}
{{- $faults = append $faults (printf "image.digest: `%s`: `sha256:` and 64 hexadecimal digits in lower case are expected" .) -}}
{{- end -}}
{{- end -}}
{{- $part := "[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?" -}}
{{- $port := "([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])" -}}
{{- with $values.baseUrl -}}
{{- if not (regexMatch (printf "^https?://(%s(\\.%s)*|\\[[0-9A-Fa-f:.]+\\])(:%s)?/?$" $part $part $port) .) -}}
{{- $faults = append $faults (printf "baseUrl: `%s`: a URL of the form `https://maintenant.example.com` is expected, without a path, a query or a user, and with a port of 65535 at most, if any" (regexReplaceAll "//.*@" . "//…@")) -}}
{{- end -}}
{{- end -}}
{{- if and $values.license.key $values.license.existingSecret -}}
{{- $faults = append $faults "license.key and license.existingSecret are both set: which of the two licences counts would be a guess; set one" -}}
{{- end -}}
{{- if and $values.persistence.existingClaim (not $values.persistence.enabled) -}}
{{- $faults = append $faults "persistence.existingClaim is set while persistence.enabled is false: the claim would not be used; set persistence.enabled=true or drop the claim" -}}
{{- end -}}
{{- if and $values.rbac.create (eq (include "maintenant.serviceAccountName" .) "default") -}}
{{- $faults = append $faults "serviceAccount: the rights would go to the account `default`, which every pod of the namespace has that names no other; set serviceAccount.create=true without this name, or serviceAccount.name to an account that only this pod has, or rbac.create=false" -}}
{{- end -}}
{{- if eq $values.rbac.scope "namespaced" -}}
{{- if not $values.namespaces -}}
{{- $faults = append $faults "rbac.scope: namespaced: `namespaces` is empty: a Role is made in each namespace that it lists, so name at least one" -}}
{{- end -}}
{{- range $values.namespaces -}}
{{- if contains "*" . -}}
{{- $faults = append $faults (printf "rbac.scope: namespaced: the pattern `%s` in `namespaces`: which namespaces match can't be known without the right to list all; write their names, or use rbac.scope=cluster" .) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $set := list -}}
{{- range include "maintenant.env" . | fromYamlArray -}}
{{- $set = append $set .name -}}
{{- end -}}
{{- $instead := dict
  "MAINTENANT_ADDR" "listenAddress"
  "MAINTENANT_DB" "persistence"
  "MAINTENANT_RUNTIME" "runtime"
  "MAINTENANT_K8S_NAMESPACES" "namespaces"
  "MAINTENANT_K8S_EXCLUDE_NAMESPACES" "excludeNamespaces"
  "MAINTENANT_BASE_URL" "baseUrl"
  "MAINTENANT_LICENSE_KEY" "license.key or license.existingSecret" -}}
{{- $further := list "MAINTENANT_CLUSTER" "MAINTENANT_K8S_CONTEXTS" "MAINTENANT_LOG_LEVEL" "MAINTENANT_LOG_FORMAT" -}}
{{- range $values.extraEnv -}}
{{- if hasKey $instead .name -}}
{{- $faults = append $faults (printf "extraEnv: %s: use the value %s instead, so that there is one place that says it" .name (get $instead .name)) -}}
{{- else if and (hasPrefix "MAINTENANT_" .name) (not (has .name $further)) -}}
{{- $faults = append $faults (printf "extraEnv: %s is not a setting, and the program would refuse to start; here may stand %s" .name (join ", " $further)) -}}
{{- else if has .name $set -}}
{{- $faults = append $faults (printf "extraEnv: %s is there twice" .name) -}}
{{- end -}}
{{- $set = append $set .name -}}
{{- end -}}
{{- range $label, $_ := $values.podLabels -}}
{{- if has $label (list "app.kubernetes.io/name" "app.kubernetes.io/instance") -}}
{{- $faults = append $faults (printf "podLabels: %s: the Service finds the pod by it; nameOverride and the release's name say what it is" $label) -}}
{{- else if eq $label "app.kubernetes.io/version" -}}
{{- $faults = append $faults (printf "podLabels: %s: the chart sets it to the version of the program; use a label of another name" $label) -}}
{{- end -}}
{{- end -}}
{{- $ours := include "maintenant.labels" . | fromYaml -}}
{{- range $label, $_ := $values.serviceMonitor.labels -}}
{{- if hasKey $ours $label -}}
{{- $faults = append $faults (printf "serviceMonitor.labels: %s: the chart sets it on each object; let Prometheus select by a label of another name" $label) -}}
{{- end -}}
{{- end -}}
{{- if and (hasKey $values.podAnnotations "checksum/license") $values.license.key -}}
{{- $faults = append $faults "podAnnotations: checksum/license: the chart sets it from license.key, so that another key starts another pod; use an annotation of another name" -}}
{{- end -}}
{{- if hasKey $values.persistence.annotations "helm.sh/resource-policy" -}}
{{- $faults = append $faults "persistence.annotations: helm.sh/resource-policy: it is always `keep`, so that the history outlives the release; delete the claim yourself to lose it" -}}
{{- end -}}
{{- if $faults -}}
{{- $count := len $faults -}}
{{- fail (printf "\n%d %s in the values:\n  - %s\n" $count (ternary "fault" "faults" (eq $count 1)) (join "\n  - " $faults)) -}}
{{- end -}}
{{- end -}}
