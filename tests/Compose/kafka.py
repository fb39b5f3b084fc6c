#!/usr/bin/python3
"""kafka.py LIBRARY TOPIC PARTITIONS: librdkafka's mock of a Kafka cluster, which keeps a topic in memory, at port 9092 of this machine.

The mock listens on loopback and names that address to its clients, so the clients of another network namespace need the same port on their own
loopback, forwarded to this one (see docker, which starts both). Prints the port, and runs until it gets SIGTERM.
"""
import ctypes
import signal
import sys

library, topic, partitions = sys.argv[1], sys.argv[2], int(sys.argv[3])
kafka = ctypes.CDLL(library)
for name in ("rd_kafka_conf_new", "rd_kafka_new", "rd_kafka_mock_cluster_new"):
    getattr(kafka, name).restype = ctypes.c_void_p
kafka.rd_kafka_mock_cluster_bootstraps.restype = ctypes.c_char_p
error = ctypes.create_string_buffer(512)
kafka.rd_kafka_new.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t]
kafka.rd_kafka_mock_cluster_new.argtypes = [ctypes.c_void_p, ctypes.c_int]
kafka.rd_kafka_mock_cluster_bootstraps.argtypes = [ctypes.c_void_p]
kafka.rd_kafka_mock_topic_create.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_int]
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
owner = kafka.rd_kafka_new(0, kafka.rd_kafka_conf_new(), error, len(error))
if not owner:
    sys.exit(error.value.decode())
cluster = kafka.rd_kafka_mock_cluster_new(owner, 1)
kafka.rd_kafka_mock_topic_create(cluster, topic.encode(), partitions, 1)
print(kafka.rd_kafka_mock_cluster_bootstraps(cluster).decode().rsplit(":", 1)[1], flush=True)
signal.sigwait({signal.SIGTERM, signal.SIGINT})
