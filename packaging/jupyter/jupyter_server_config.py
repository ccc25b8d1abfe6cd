"""Adds a desktop to JupyterLab's launcher, by jupyter-server-proxy.

Put this into ~/.jupyter/ or /etc/jupyter/, or its lines into the file of this name that is there. With
JupyterHub, that is done where the users' servers run.
"""

import secrets

# Others on the machine reach the port, too: the token keeps them out. Its place is behind the "#", which
# browsers send to no server.
token = secrets.token_urlsafe(24)

c = get_config()  # noqa: F821
c.ServerProxy.servers.update(
    {
        "skerry": {
            "command": [
                "skerry",
                "--listen=127.0.0.1:{port}",
                "--trusted-proxy=127.0.0.1,::1",
                "--transport=websocket",
            ],
            "environment": {"SKERRY_TOKEN": token},
            # The portable file unpacks itself when it is started for the first time.
            "timeout": 60,
            "launcher_entry": {"title": "Desktop", "path_info": f"skerry/#token={token}"},
        }
    }
)
