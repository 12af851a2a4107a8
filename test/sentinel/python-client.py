# A client that asks Sentinels for the master and writes to it once in a while, as redis-py does it.
# A line per write on standard output: "ok" or the kind of the error. Ends when its input ends.
import select
import sys
import time

from redis.exceptions import RedisError
from redis.sentinel import Sentinel

sentinels = [("127.0.0.1", int(port)) for port in sys.argv[2:]]
sentinel = Sentinel(sentinels, socket_timeout=0.5)
master = sentinel.master_for(sys.argv[1], socket_timeout=0.5)
while not select.select([sys.stdin], [], [], 0)[0]:
    try:
        master.incr("by:python")
        print("ok", flush=True)
    except RedisError as error:
        print(type(error).__name__, flush=True)
    time.sleep(0.02)
