"""Writes the config.json of an OCI bundle from an image's configuration, as a container engine does with a read-only root:

    buildah inspect --type image IMAGE | bundle.py ROOT [--volume FROM:TO[:ro]]… [--env NAME=VALUE]… [-- ARGUMENT…]

The container has the image's user without any capability, a read-only root, /tmp in memory, and the network of the machine.
Its annotation 'health' is the health check of the image, its parts separated by U+001F.
"""

import json
import os
import sys


def main():
    config = json.load(sys.stdin)["Docker"]["config"]
    root, options = sys.argv[1], sys.argv[2:]
    arguments = None
    if "--" in options:
        at = options.index("--")
        options, arguments = options[:at], options[at + 1:]
    pairs = list(zip(options[::2], options[1::2]))
    environment = dict(v.split("=", 1) for v in config["Env"])
    environment["HOME"] = "/home/app"
    environment.update(value.split("=", 1) for name, value in pairs if name == "--env")
    volumes = [value.split(":") for name, value in pairs if name == "--volume"]
    user = int(config["User"])
    mounts = [
        {"destination": "/proc", "type": "proc", "source": "proc", "options": ["nosuid", "noexec", "nodev"]},
        {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=755", "size=65536k"]},
        {"destination": "/dev/shm", "type": "tmpfs", "source": "shm", "options": ["nosuid", "noexec", "nodev", "mode=1777"]},
        {"destination": "/tmp", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "nodev", "mode=1777"]},
    ]
    for volume in volumes:
        mounts.append({
            "destination": volume[1], "type": "bind", "source": volume[0],
            "options": ["bind", "ro" if volume[2:] == ["ro"] else "rw"],
        })
    # A name that the machine resolves otherwise than by DNS.
    for name in ("/etc/hosts", "/etc/resolv.conf"):
        if os.path.exists(root + name):
            mounts.append({"destination": name, "type": "bind", "source": name, "options": ["bind", "ro"]})
    json.dump({
        "ociVersion": "1.0.2",
        "process": {
            "user": {"uid": user, "gid": user},
            "args": (config.get("Entrypoint") or []) + (config.get("Cmd") or [] if arguments is None else arguments),
            "env": [f"{name}={value}" for name, value in environment.items()],
            "cwd": config["WorkingDir"],
            "noNewPrivileges": True,
            "capabilities": {kind: [] for kind in ("bounding", "effective", "permitted")},
        },
        "root": {"path": root, "readonly": True},
        "mounts": mounts,
        "annotations": {"health": "\x1f".join(config["Healthcheck"]["Test"][1:])},
        "linux": {"namespaces": [{"type": "mount"}, {"type": "pid"}, {"type": "ipc"}]},
    }, sys.stdout)


main()
