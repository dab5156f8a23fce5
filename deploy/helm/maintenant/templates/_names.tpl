{{/* What the application is called in labels. */}}
{{- define "maintenant.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 58 | trimSuffix "-" -}}
{{- end -}}

{{/* What objects are called. A Service's name has 63 characters at most; a suffix of 5 leaves 58. */}}
{{- define "maintenant.fullname" -}}
{{- $name := .Values.nameOverride | default .Chart.Name -}}
{{- $made := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- .Values.fullnameOverride | default $made | trunc 58 | trimSuffix "-" -}}
{{- end -}}

{{/* What a selector selects. It can't be changed once the Deployment is there. */}}
{{- define "maintenant.selectorLabels" -}}
app.kubernetes.io/name: {{ include "maintenant.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* What every object carries beside the selector's labels. */}}
{{- define "maintenant.commonLabels" -}}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end -}}

{{- define "maintenant.labels" -}}
{{ include "maintenant.selectorLabels" . }}
{{ include "maintenant.commonLabels" . }}
{{- end -}}

{{- define "maintenant.serviceAccountName" -}}
{{- .Values.serviceAccount.name | default (ternary (include "maintenant.fullname" .) "default" .Values.serviceAccount.create) -}}
{{- end -}}

{{- define "maintenant.claimName" -}}
{{- .Values.persistence.existingClaim | default (printf "%s-data" (include "maintenant.fullname" .)) -}}
{{- end -}}

{{/* The Secret of the licence; empty without one. */}}
{{- define "maintenant.licenseSecretName" -}}
{{- if .Values.license.existingSecret -}}
{{- .Values.license.existingSecret -}}
{{- else if .Values.license.key -}}
{{- /* Not what the docs call a Secret of one's own: helm would have to take that over, or remove it. */ -}}
{{- printf "%s-license-key" (include "maintenant.fullname" .) -}}
{{- end -}}
{{- end -}}

{{- define "maintenant.image" -}}
{{- $image := .Values.image -}}
{{- if $image.digest -}}
{{- printf "%s@%s" $image.repository $image.digest -}}
{{- else -}}
{{- printf "%s:%s" $image.repository ($image.tag | default .Chart.AppVersion) -}}
{{- end -}}
{{- end -}}

{{/* `true` if an entry of `ingress.tls` covers the host, by name, by wildcard, or because it names none. */}}
{{- define "maintenant.isTls" -}}
{{- $host := .Values.ingress.host -}}
{{- $wildcard := printf "*.%s" (join "." (rest (splitList "." $host))) -}}
{{- $covered := false -}}
{{- range .Values.ingress.tls -}}
{{- if or (not .hosts) (has $host .hosts) (has $wildcard .hosts) -}}
{{- $covered = true -}}
{{- end -}}
{{- end -}}
{{- if $covered -}}true{{- end -}}
{{- end -}}

{{/* Where the page is called from outside; empty where that is not known. */}}
{{- define "maintenant.baseUrl" -}}
{{- if .Values.baseUrl -}}
{{- .Values.baseUrl -}}
{{- else if .Values.ingress.enabled -}}
{{- printf "%s://%s" (ternary "https" "http" (eq "true" (include "maintenant.isTls" .))) .Values.ingress.host -}}
{{- end -}}
{{- end -}}
