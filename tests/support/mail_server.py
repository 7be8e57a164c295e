"""A mail server that takes everything in clear text (RFC 5321), or refuses every recipient."""

import socketserver
import threading
from email import message_from_bytes
from email.message import Message
from email.policy import default


class MailServer(socketserver.ThreadingTCPServer):
    """``taken``: the messages, in their order. ``refuses``: whether it knows nobody."""

    allow_reuse_address, daemon_threads = True, True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talking)
        self.taken: list[Message] = []
        self.refuses = False

    @property
    def address(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"

    def __enter__(self) -> "MailServer":
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.shutdown()
        self.server_close()


class _Talking(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self._say("220 here")
        for line in self.rfile:
            word = line[:4].strip().upper()
            if word == b"RCPT" and self.server.refuses:
                self._say("550 5.1.1 No such mailbox")
            elif word == b"DATA":
                self._say("354 go on")
                self.server.taken.append(message_from_bytes(self._text(), policy=default))
                self._say("250 taken")
            elif word == b"QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 fine")

    def _text(self) -> bytes:
        lines = iter(self.rfile.readline, b".\r\n")
        return b"".join(line.removeprefix(b".") if line.startswith(b"..") else line for line in lines)

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())
