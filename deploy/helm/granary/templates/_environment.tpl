{{/* The options of a silo as variables. */}}
{{- define "granary.environment" -}}
{{- $v := .root.Values -}}
- { name: GRANARY_KUBERNETES, value: "true" }
- { name: GRANARY_URLS, value: "http://0.0.0.0:8080" }
- { name: GRANARY_CLUSTERING, value: postgres }
- { name: GRANARY_CONNECTION_FILE, value: /etc/granary/secret/{{ $v.secret.connection }} }
- { name: GRANARY_KEYS, value: /etc/granary/secret/{{ $v.secret.apiKeys }} }
- { name: GRANARY_CLUSTER_ID, value: {{ $v.clusterId | quote }} }
- { name: GRANARY_SILO_PORT, value: "11111" }
- { name: GRANARY_GATEWAY_PORT, value: "30000" }
- { name: GRANARY_ROLES, value: {{ ternary "api,compute,sessions" .role (eq .role "all") | quote }} }
- { name: GRANARY_RUNS, value: /runs }
- { name: GRANARY_DATA, value: /data }
{{- if not (or (hasKey $v.options "models") (hasKey $v.secret.options "models")) }}
- { name: GRANARY_MODELS, value: /runs/.models }
{{- end }}
{{- if not (or (hasKey $v.options "deployments") (hasKey $v.secret.options "deployments")) }}
- { name: GRANARY_DEPLOYMENTS, value: /runs/.deployments }
{{- end }}
- { name: GRANARY_START_TIMEOUT, value: {{ $v.timeouts.start | quote }} }
- { name: GRANARY_DRAIN_TIMEOUT, value: {{ $v.timeouts.drain | quote }} }
- { name: GRANARY_FAILURE_TIMEOUT, value: {{ $v.timeouts.failure | quote }} }
{{- if $v.plugins.claim }}
- { name: GRANARY_PLUGINS, value: /plugins }
{{- end }}
{{- if $v.clusterTls.secret }}
- { name: GRANARY_CLUSTER_CERTIFICATE, value: /etc/granary/cluster-tls/tls.crt }
- { name: GRANARY_CLUSTER_CERTIFICATE_KEY, value: /etc/granary/cluster-tls/tls.key }
- { name: GRANARY_CLUSTER_AUTHORITY, value: /etc/granary/cluster-tls/ca.crt }
{{- end }}
{{- range $option, $key := $v.secret.options }}
- { name: {{ include "granary.variable" $option }}_FILE, value: /etc/granary/secret/{{ $key }} }
{{- end }}
{{- range $option, $value := $v.options }}
- { name: {{ include "granary.variable" $option }}, value: {{ kindIs "float64" $value | ternary (printf "%v" ($value | int64)) (toString $value) | quote }} }
{{- end }}
{{- with $v.otlpEndpoint }}
- { name: OTEL_EXPORTER_OTLP_ENDPOINT, value: {{ . | quote }} }
{{- end }}
{{- end }}
