"""Reads the manifests of `deploy/kubernetes`: what `kubectl apply -k` would apply.

As much of kustomize as they use: resources, generated ConfigMaps, and patches
that are merged by name. Anything else a kustomization says is refused, so that
nothing is silently left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

Manifest = dict[str, Any]

UNDERSTOOD = {
    *("apiVersion", "kind", "namespace", "labels", "images"),
    *("resources", "configMapGenerator", "patches"),
}


def kustomization(folder: Path) -> dict[str, Any]:
    """The kustomization of `folder`.

    Raises:
        ValueError: it says something that is not understood here.
    """
    said: dict[str, Any] = yaml.safe_load((folder / "kustomization.yaml").read_text("utf-8"))
    if unknown := set(said) - UNDERSTOOD:
        message = f"{folder}: {sorted(unknown)}"
        raise ValueError(message)
    return said


def built(folder: Path) -> list[Manifest]:
    """What the kustomization of `folder` comes to.

    Raises:
        ValueError: a patch changes nothing, or names something there is not.
    """
    said = kustomization(folder)
    found: list[Manifest] = []
    for name in said.get("resources", []):
        place = (folder / name).resolve()
        found += built(place) if place.is_dir() else _documents(place)
    for generated in said.get("configMapGenerator", []):
        found.append(_config_map(folder, generated))
    for patch in said.get("patches", []):
        change = yaml.safe_load((folder / patch["path"]).read_text("utf-8"))
        changed = _targets(found, patch.get("target"), change)
        if not changed:
            message = f"{folder}: {patch['path']} is about nothing"
            raise ValueError(message)
        for one in changed:
            _merge(one, {key: value for key, value in change.items() if key != "metadata"})
            _merge(one["metadata"].setdefault("labels", {}), _labels(change))
    return found


def of_kind(manifests: Iterable[Manifest], *kinds: str) -> dict[str, Manifest]:
    """Those of `kinds`, by name."""
    return {one["metadata"]["name"]: one for one in manifests if one["kind"] in kinds}


def pod(manifest: Manifest) -> dict[str, Any]:
    """The pod of a Deployment, StatefulSet or Job."""
    spec: dict[str, Any] = manifest["spec"]["template"]["spec"]
    return spec


def process(manifest: Manifest) -> dict[str, Any]:
    """The one container of a Deployment, StatefulSet or Job."""
    (container,) = pod(manifest)["containers"]
    one: dict[str, Any] = container
    return one


def selects(selector: dict[str, Any], labels: dict[str, str]) -> bool:
    """Whether `selector` takes a pod with `labels`; in either of the two ways to write one."""
    plain = {k: v for k, v in selector.items() if k not in {"matchLabels", "matchExpressions"}}
    wanted = plain | selector.get("matchLabels", {})
    listed = selector.get("matchExpressions", [])
    return wanted.items() <= labels.items() and all(
        labels.get(one["key"]) in one["values"] for one in listed
    )


def _documents(path: Path) -> list[Manifest]:
    return [one for one in yaml.safe_load_all(path.read_text("utf-8")) if one]


def _config_map(folder: Path, generated: dict[str, Any]) -> Manifest:
    texts = {name: (folder / name).read_text("utf-8") for name in generated["files"]}
    metadata = {"name": generated["name"]}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": texts}


def _targets(
    found: list[Manifest], target: dict[str, Any] | None, change: Manifest
) -> list[Manifest]:
    if target:
        return [one for one in found if one["kind"] == target["kind"]]
    same = (change["kind"], change["metadata"]["name"])
    return [one for one in found if (one["kind"], one["metadata"]["name"]) == same]


def _labels(change: Manifest) -> dict[str, Any]:
    labels: dict[str, Any] = change["metadata"].get("labels", {})
    return labels


def _merge(into: Any, change: Any) -> None:
    for key, value in change.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        elif isinstance(value, list) and value and all(isinstance(v, dict) for v in value):
            _merge_by_name(into.setdefault(key, []), value)
        else:
            into[key] = value


def _merge_by_name(into: list[dict[str, Any]], change: list[dict[str, Any]]) -> None:
    names = {one.get("name"): one for one in into}
    for one in change:
        if one.get("name") in names:
            _merge(names[one["name"]], one)
        else:
            into.append(one)
