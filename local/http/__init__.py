"""HTTP/1.1 as the local servers speak it: uvicorn with h11, stricter and with limits.

limits             how much and how long a client may send, and where each limit comes from
strict_h11         reads requests; refuses what two readers could understand differently
accepting          accepts connections while there is room for them
connection         one client's connection: its time limits, and the answers to refused requests
connection_limit   bounds the open connections; closes idle ones to make room
refusal            the answer to a request that no application sees
request_target     the path of a request whose target is a whole URL
access_log         the line in gateway.log for a request that no function answered
file_limit         how many files this process may open, and how many connections that allows
"""
