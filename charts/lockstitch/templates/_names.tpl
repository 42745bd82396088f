{{- define "lockstitch.name" -}}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" }}{{- end }}

{{- define "lockstitch.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "lockstitch.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "lockstitch.secret" -}}{{ required "existingSecret is empty: name a secret with the keys database-url, redis-url, webhook-secret, app-id and private-key" .Values.existingSecret }}{{- end }}

{{/* A pod's own part. Takes the root; `needsKey` adds the App's private key. */}}
{{- define "lockstitch.pod" -}}
automountServiceAccountToken: false
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets:
{{- range . }}
  - name: {{ . }}
{{- end }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  seccompProfile: {type: RuntimeDefault}
volumes:
  - name: tmp
    emptyDir: {sizeLimit: 64Mi}
{{- if .needsKey }}
  - name: key
    secret:
      secretName: {{ include "lockstitch.secret" .root }}
      defaultMode: 0440
      items:
        - {key: private-key, path: private-key}
{{- end }}
{{- end }}

{{/* A container's own part. `secrets` maps each variable it may see to a key of the secret;
`figures` is "web" where they stand beside the webhooks, "own" on a port of their own. */}}
{{- define "lockstitch.container" -}}
image: "{{ .root.Values.image.repository }}:{{ .root.Values.image.tag | default .root.Chart.AppVersion }}"
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
volumeMounts:
  - {name: tmp, mountPath: /tmp}
{{- if .needsKey }}
  - {name: key, mountPath: /run/lockstitch, readOnly: true}
{{- end }}
env:
  - {name: LOCKSTITCH_DATA_DIR, value: /tmp}
  - {name: LOCKSTITCH_ENVIRONMENT, value: {{ .root.Values.review.environment | quote }}}
  - {name: LOCKSTITCH_FAIL_ON, value: {{ .root.Values.review.failOn | quote }}}
  - {name: LOCKSTITCH_GITHUB_API_URL, value: {{ .root.Values.review.apiUrl | quote }}}
{{- if .needsKey }}
  - {name: LOCKSTITCH_GITHUB_PRIVATE_KEY_FILE, value: /run/lockstitch/private-key}
{{- end }}
{{- $secrets := .secrets }}
{{- if and .root.Values.metrics.enabled .figures }}
{{- $secrets = merge (dict "OPERATOR_TOKEN" "operator-token") .secrets }}
  - {name: PROMETHEUS_MULTIPROC_DIR, value: /tmp/figures}
{{- if eq .figures "own" }}
  - {name: LOCKSTITCH_HOST, value: "0.0.0.0"}
  - {name: LOCKSTITCH_METRICS_PORT, value: {{ .root.Values.metrics.port | quote }}}
{{- end }}
{{- end }}
{{- range $variable, $key := $secrets }}
  - name: LOCKSTITCH_{{ $variable }}
    valueFrom:
      secretKeyRef: {name: {{ include "lockstitch.secret" $.root }}, key: {{ $key }}}
{{- end }}
{{- end }}

{{/* Alive while the loop has touched its file within five minutes; no broker is asked. */}}
{{- define "lockstitch.pulse" -}}
exec:
  command: ["python", "-I", "-c", "import os, sys, time; sys.exit(time.time() - os.path.getmtime('/tmp/{{ . }}.pulse') > 300)"]
initialDelaySeconds: 30
periodSeconds: 30
timeoutSeconds: 5
{{- end }}
