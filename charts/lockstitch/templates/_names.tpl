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

{{- define "lockstitch.pod" -}}
serviceAccountName: {{ include "lockstitch.name" . }}
automountServiceAccountToken: false
{{- with .Values.imagePullSecrets }}
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
  - name: key
    secret:
      secretName: {{ include "lockstitch.secret" . }}
      defaultMode: 0440
      items:
        - {key: private-key, path: private-key}
{{- end }}

{{- define "lockstitch.container" -}}
image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
volumeMounts:
  - {name: tmp, mountPath: /tmp}
  - {name: key, mountPath: /run/lockstitch, readOnly: true}
env:
  - {name: LOCKSTITCH_DATA_DIR, value: /tmp}
  - {name: LOCKSTITCH_ENVIRONMENT, value: {{ .Values.review.environment | quote }}}
  - {name: LOCKSTITCH_FAIL_ON, value: {{ .Values.review.failOn | quote }}}
  - {name: LOCKSTITCH_GITHUB_API_URL, value: {{ .Values.review.apiUrl | quote }}}
  - {name: LOCKSTITCH_GITHUB_PRIVATE_KEY_FILE, value: /run/lockstitch/private-key}
  {{- range $variable, $key := dict "DATABASE_URL" "database-url" "REDIS_URL" "redis-url" "GITHUB_WEBHOOK_SECRET" "webhook-secret" "GITHUB_APP_ID" "app-id" }}
  - name: LOCKSTITCH_{{ $variable }}
    valueFrom:
      secretKeyRef: {name: {{ include "lockstitch.secret" $ }}, key: {{ $key }}}
  {{- end }}
{{- end }}
