"""A TCP proxy that adds half a millisecond to each round trip: python -m bench._delay TARGET."""

import contextlib
import socket
import sys
import threading
import time

DELAY_S = 0.00025


def main() -> None:
    """Listens on a free port, prints it, and passes connections on to the port TARGET until it is killed."""
    target = int(sys.argv[1])
    with socket.create_server(("127.0.0.1", 0)) as server:
        print(server.getsockname()[1], flush=True)
        while True:
            client, _ = server.accept()
            other = socket.create_connection(("127.0.0.1", target))
            for one in (client, other):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for source, sink in ((client, other), (other, client)):
                threading.Thread(target=_pass, args=(source, sink), daemon=True).start()


def _pass(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(1 << 16):
            time.sleep(DELAY_S)
            sink.sendall(data)
    for one in (source, sink):
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)


if __name__ == "__main__":
    main()
