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

{{- define "lockstitch.secret" -}}{{ required "existingSecret is empty: name a secret with the keys database-url and redis-url, webhook-secret, app-id and private-key for GitHub, gitlab-webhook-secret and gitlab-token for GitLab" .Values.existingSecret }}{{- end }}

{{/* A pod's own part. Takes the root; `forges` is "heard" where their webhooks arrive, "asked" where
work is done with their credentials, "none" elsewhere. */}}
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
{{- if and (eq .forges "asked") .root.Values.github.enabled }}
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
{{- if and (eq .forges "asked") .root.Values.github.enabled }}
  - {name: key, mountPath: /run/lockstitch, readOnly: true}
{{- end }}
env:
  - {name: LOCKSTITCH_DATA_DIR, value: /tmp}
  - {name: LOCKSTITCH_ENVIRONMENT, value: {{ .root.Values.review.environment | quote }}}
  - {name: LOCKSTITCH_FAIL_ON, value: {{ .root.Values.review.failOn | quote }}}
{{- with .root.Values.review.url }}
  - {name: LOCKSTITCH_URL, value: {{ . | quote }}}
{{- end }}
{{- $secrets := .secrets }}
{{- if not (or .root.Values.github.enabled .root.Values.gitlab.enabled) }}
{{- fail "no forge: set github.enabled or gitlab.enabled" }}
{{- end }}
{{- if .root.Values.github.enabled }}
  - {name: LOCKSTITCH_GITHUB_API_URL, value: {{ .root.Values.review.apiUrl | quote }}}
{{- if eq .forges "heard" }}
{{- $secrets = merge (dict "GITHUB_WEBHOOK_SECRET" "webhook-secret") $secrets }}
{{- else if eq .forges "asked" }}
{{- $secrets = merge (dict "GITHUB_APP_ID" "app-id") $secrets }}
  - {name: LOCKSTITCH_GITHUB_PRIVATE_KEY_FILE, value: /run/lockstitch/private-key}
{{- end }}
{{- end }}
{{- if .root.Values.gitlab.enabled }}
  - {name: LOCKSTITCH_GITLAB_URL, value: {{ .root.Values.gitlab.url | quote }}}
{{- if eq .forges "heard" }}
{{- $secrets = merge (dict "GITLAB_WEBHOOK_SECRET" "gitlab-webhook-secret") $secrets }}
{{- else if eq .forges "asked" }}
{{- if .root.Values.gitlab.oauth.applicationId }}
{{- $secrets = merge (dict "GITLAB_OAUTH_APPLICATION_SECRET" "gitlab-oauth-secret" "GITLAB_OAUTH_REFRESH_TOKEN" "gitlab-oauth-refresh-token") $secrets }}
  - {name: LOCKSTITCH_GITLAB_OAUTH_APPLICATION_ID, value: {{ .root.Values.gitlab.oauth.applicationId | quote }}}
  - {name: LOCKSTITCH_GITLAB_OAUTH_REDIRECT_URI, value: {{ .root.Values.gitlab.oauth.redirectUri | quote }}}
{{- else }}
{{- $secrets = merge (dict "GITLAB_TOKEN" "gitlab-token") $secrets }}
{{- end }}
{{- end }}
{{- end }}
{{- if and .root.Values.metrics.enabled .figures }}
{{- $secrets = merge (dict "OPERATOR_TOKEN" "operator-token") $secrets }}
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
