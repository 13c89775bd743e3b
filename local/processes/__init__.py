"""What the local cloud's components run on: child processes, sockets, the data folder.

child_process  starts a child process, watches it and ends it
restarts       restarts PostgreSQL and moto when their process dies, within limits
parent_death   ends a child process when its parent dies
output         output that neither a full disk nor a closed terminal can make fail
log_rotation   keeps logs small
http_server    opens listening sockets, and serves HTTP on them with uvicorn (local/http)
daemon_thread  calls what may block for long, without keeping the program from ending
background     runs coroutines until a context ends
data_folder    the locked folder that keeps the database, the logs and stack.json
errors         StackFailure, the one sentence for the person at the terminal

What a component is for belongs in the packages of the AWS services, such as local.postgres. This
package imports nothing else of ours.
"""
