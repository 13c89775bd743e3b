"""The local replacement of RDS: an embedded PostgreSQL server, reached through a unix socket.

server         the server process: its settings, its address, and when it is ready
initdb         creates the data files and the database, and checks which version made them
single_user    runs statements as PostgreSQL's superuser, who cannot log in: owner_role.sql makes
               the owner, owner_objects.sql gives it what older data files have
account        the user account that the server runs under when we are root
logins         who may log in: the owner of the tables, and the functions
socket_folder  the folder of the unix socket, which only that account may enter
tables         whether the database still has its tables
leftover       ends a server that a killed stack left running
binaries       where PostgreSQL's programs are, and a copy that this account can reach
embedded       PostgreSQL alone, without the rest of the stack, for tests and statement_types

statement_types         writes orders/statements.py, the types of sql/queries
statement_descriptions  asks PostgreSQL what a statement takes and returns
statement_comments      what a query's comment declares of it

A dead server is restarted by local/processes/restarts.py. The tables belong in sql/ and
operations/migrations.py. This package imports local.processes and local.faults; embedded imports
operations and orders, and so do the modules about statements; tables imports orders.
"""
