{{/* At most 40 characters: the name of a StatefulSet has the role behind it, and its revision, a label, has ten more. */}}
{{- define "granary.name" -}}
{{- $name := .Release.Name -}}
{{- if not (contains "granary" $name) }}{{ $name = printf "%s-granary" $name }}{{ end -}}
{{- $name | trunc 40 | trimSuffix "-" -}}
{{- end }}

{{- define "granary.selector" -}}
app.kubernetes.io/name: granary
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "granary.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{ include "granary.selector" . }}
app.kubernetes.io/version: {{ .Values.image.tag | default .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "granary.image" -}}
{{- if .Values.image.digest }}{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else }}{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ end -}}
{{- end }}

{{- define "granary.grace" -}}
{{ add .Values.timeouts.preStop .Values.timeouts.drain 20 }}
{{- end }}

{{/* Variables GRANARY_… of an option's name. */}}
{{- define "granary.variable" -}}
GRANARY_{{ . | upper | replace "-" "_" }}
{{- end }}

{{/* What values.schema.json cannot compare. Each sentence names the values to change. */}}
{{- define "granary.check" -}}
{{- $v := .Values -}}
{{- if not $v.secret.name }}{{ fail "secret.name is empty: make a Secret with the database's connection and the API keys, and give its name, as --set secret.name=granary (docs/kubernetes.md has the command)" }}{{ end -}}
{{- $silos := 0 -}}
{{- range $role, $silo := $v.silos }}{{ if $silo.enabled }}{{ $silos = add $silos (ternary $v.keda.maxReplicas $silo.replicas (and (eq $role "compute") $v.keda.enabled)) }}{{ end }}{{ end -}}
{{- if not (or $v.silos.all.enabled (and $v.silos.api.enabled $v.silos.compute.enabled)) }}{{ fail "silos: no silo serves the API or runs jobs; set silos.all.enabled, or silos.api.enabled and silos.compute.enabled" }}{{ end -}}
{{- if and (gt (int $silos) 1) (ne $v.runs.accessMode "ReadWriteMany") }}{{ fail (printf "runs.accessMode is %s, but up to %d silos share the folder of the runs; set runs.accessMode=ReadWriteMany with a storage class that has it (NFS, Azure Files, EFS, CephFS), or run one silo" $v.runs.accessMode (int $silos)) }}{{ end -}}
{{- if $v.keda.enabled -}}
{{- if not $v.silos.compute.enabled }}{{ fail "keda.enabled scales the silos of the role compute; set silos.compute.enabled=true" }}{{ end -}}
{{- if not $v.keda.prometheus }}{{ fail "keda.prometheus is empty: give the address of Prometheus, as http://prometheus.monitoring:9090" }}{{ end -}}
{{- if lt (int $v.keda.maxReplicas) (int $v.keda.minReplicas) }}{{ fail (printf "keda.maxReplicas %d is less than keda.minReplicas %d" (int $v.keda.maxReplicas) (int $v.keda.minReplicas)) }}{{ end -}}
{{- if le (int $v.keda.scaleDownSeconds) (int (include "granary.grace" .)) }}{{ fail (printf "keda.scaleDownSeconds %d is not longer than a pod may take to end (%s s: timeouts.preStop + timeouts.drain + 20); make it longer" (int $v.keda.scaleDownSeconds) (include "granary.grace" .)) }}{{ end -}}
{{- end -}}
{{- if and $v.ingress.enabled (not $v.ingress.host) }}{{ fail "ingress.host is empty: give the name under which clients reach the API" }}{{ end -}}
{{- if and $v.serviceMonitor.enabled (not (and $v.serviceMonitor.apiKey.name $v.serviceMonitor.apiKey.key)) }}{{ fail "serviceMonitor.apiKey: /metrics needs an API key of the role viewer; give name and key of the Secret that has it" }}{{ end -}}
{{- range $option, $key := $v.secret.options }}{{ if hasKey $v.options $option }}{{ fail (printf "%s is in options and in secret.options; give it once" $option) }}{{ end }}{{ end -}}
{{- end }}
