# Functions of Open OnDemand's "basic" template; it shows "port" and "password" to the session's owner alone.
port=$(find_port "$host")
password=$(create_passwd 32)
export host port password
