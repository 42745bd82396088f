"""monitor-job-volume-no-cmk: a monitoring job whose volume has no key of your own."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Advice, Offer, Repair, Severities
from remediations.sagemaker import refuses_volume_key
from remediations.shapes import RequireKey
from remediations.shapes.place import Site
from remediations.terraform.module import Module, Resource


class MonitorJobVolumeNoCmk(RequireKey):
    """SageMaker refuses a key where the hardware encrypts local storage."""

    id = "monitor-job-volume-no-cmk"
    title = "Monitoring volume has no key of your own"
    resources = ("aws_sagemaker_data_quality_job_definition",)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.MEDIUM)
    aliases = ("CKV_AWS_368",)
    path = "job_resources.cluster_config.volume_kms_key_id"
    only_inside = True
    message = (
        "Captured requests lie on the job's volume, encrypted with a key of AWS that nobody here "
        "can audit or take away."
    )
    offer = Offer(
        Safety.REPLACE,
        "Encrypt the volume with {key}",
        "The job definition is destroyed and created again; runs that are under way end. A "
        "schedule with its name uses the new one. The job's role needs {key}.",
    )

    def repair(self, site: Site, resource: Resource, module: Module) -> Repair | Advice:
        held = resource.attribute("job_resources.cluster_config.instance_type")
        refusal = refuses_volume_key(module, held, "volume_kms_key_id")
        return Advice(refusal) if refusal else super().repair(site, resource, module)
