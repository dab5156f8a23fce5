{{/* The variables that the chart sets, as a list of env entries. */}}
{{- define "maintenant.env" -}}
- name: MAINTENANT_ADDR
  value: {{ ternary "[::]:8080" "0.0.0.0:8080" (eq .Values.listenAddress "::") | quote }}
- name: MAINTENANT_DB
  value: /data/maintenant.db
- name: MAINTENANT_RUNTIME
  value: {{ .Values.runtime }}
{{- with .Values.namespaces }}
- name: MAINTENANT_K8S_NAMESPACES
  value: {{ join "," . | quote }}
{{- end }}
{{- with .Values.excludeNamespaces }}
- name: MAINTENANT_K8S_EXCLUDE_NAMESPACES
  value: {{ join "," . | quote }}
{{- end }}
{{- with include "maintenant.baseUrl" . }}
- name: MAINTENANT_BASE_URL
  value: {{ . | quote }}
{{- end }}
{{- with include "maintenant.licenseSecretName" . }}
- name: MAINTENANT_LICENSE_KEY
  valueFrom:
    secretKeyRef:
      name: {{ . }}
      key: license-key
      # Without the Secret it runs as Community: monitoring does not depend on a licence.
      optional: true
{{- end }}
{{- end -}}
