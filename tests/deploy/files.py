"""Reads the files for operators as the programs that they are for would: compose, Kubernetes, PowerShell.

Run by scripts/test-deploy, which brings the packages. Each fault is one line; the exit code says whether there was any.
"""

import configparser
import pathlib
import re
import sys

import kubernetes_validate
import tree_sitter
import tree_sitter_powershell
import yaml

ROOT = pathlib.Path(__file__).parents[2]
faults = []


def fault(path, text):
    faults.append(f"{path.relative_to(ROOT)}: {text}")


def compose():
    """Names that refer to something, and what every service must have."""
    path = ROOT / "podman-compose.yml"
    stack = yaml.safe_load(path.read_text())
    for name, service in stack["services"].items():
        for other in service.get("depends_on", {}):
            if "healthcheck" not in stack["services"].get(other, {}):
                fault(path, f"{name} waits for {other} to be healthy, which has no health check")
        for secret in service.get("secrets", []):
            if secret not in stack["secrets"]:
                fault(path, f"{name} wants the secret {secret}, which is not declared")
        for volume in service.get("volumes", []):
            if volume.split(":")[0] not in stack["volumes"]:
                fault(path, f"{name} mounts {volume}, which is not declared")
        for key in ("restart", "healthcheck", "read_only", "cap_drop", "security_opt", "mem_limit", "pids_limit"):
            if not service.get(key):
                fault(path, f"{name} has no {key}")


def kubernetes():
    """The schemas of Kubernetes itself, without room for unknown fields, and the selectors."""
    labels, selectors = [], []
    for path in sorted((ROOT / "deploy/kubernetes").glob("*.yaml")):
        for resource in yaml.safe_load_all(path.read_text()):
            if resource["kind"] == "Kustomization":
                continue
            try:
                kubernetes_validate.validate(resource, kubernetes_validate.latest_version(), strict=True)
            except kubernetes_validate.ValidationError as error:
                fault(path, f"{'.'.join(map(str, error.path))}: {error.message}")
                continue
            spec = resource.get("spec", {})
            if "template" in spec:
                labels.append(spec["template"]["metadata"]["labels"])
            selector = spec.get("selector") or spec.get("podSelector") or {}
            if selector:
                selectors.append((path, selector.get("matchLabels", selector)))
    for path, selector in selectors:
        if not any(selector.items() <= pod.items() for pod in labels):
            fault(path, f"no pod has the labels {selector}")


def powershell():
    """The grammar: what it does not understand, PowerShell would not either."""
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_powershell.language()))
    for path in sorted((ROOT / "scripts/win").glob("*.ps1")):
        source = path.read_bytes()
        nodes = [parser.parse(source).root_node]
        while nodes:
            node = nodes.pop()
            if node.type == "ERROR" or node.is_missing:
                fault(path, f"line {node.start_point[0] + 1} is not understood: {node.text[:60]!r}")
            else:
                nodes.extend(node.children)


# What podman 4.6 to 5 knows, as far as these files use it.
QUADLET = {
    "Container": "AddCapability ContainerName DropCapability Environment EnvironmentFile Exec Group HealthCmd "
    "HealthInterval HealthOnFailure HealthRetries HealthStartPeriod HealthTimeout Image Network NoNewPrivileges Notify "
    "PodmanArgs PublishPort ReadOnly Secret Tmpfs User Volume",
    "Network": "NetworkName",
    "Volume": "VolumeName",
    "Unit": "After Description Wants",
    "Service": "Restart RestartSec TimeoutStartSec TimeoutStopSec",
    "Install": "WantedBy",
}


def quadlets():
    """Sections and keys. Podman's own generator reads them where it is installed; scripts/test-deploy asks it."""
    for path in sorted((ROOT / "deploy/quadlets").iterdir()):
        parser = configparser.ConfigParser(strict=False, interpolation=None, delimiters=["="], comment_prefixes=["#"])
        parser.optionxform = str
        parser.read(path)
        for section in parser.sections():
            for key in parser[section]:
                if key not in QUADLET.get(section, "").split():
                    fault(path, f"[{section}] has no {key}")
        if path.suffix == ".container" and not re.search(r"^Image=\S+:\S+$", path.read_text(), re.MULTILINE):
            fault(path, "the image has no tag")


for check in (compose, kubernetes, powershell, quadlets):
    check()
print("\n".join(faults) or "compose, Kubernetes, PowerShell and quadlets: understood")
sys.exit(bool(faults))
