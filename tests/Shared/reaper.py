"""reaper.py COMMAND…: runs a command, waits for it and for each process that it leaves behind and that ends before it, as Chromium's do, so that
the caller's processor time has theirs in it. Ends with the command's exit code; what then still runs is left alone."""
import ctypes
import os
import sys

SET_CHILD_SUBREAPER = 36
ctypes.CDLL(None).prctl(SET_CHILD_SUBREAPER, 1, 0, 0, 0)
command = os.fork()
if command == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
ended = 0
while ended != command:
    ended, status = os.wait()
try:
    while os.waitpid(-1, os.WNOHANG)[0]:
        pass
except ChildProcessError:
    pass
sys.exit(os.waitstatus_to_exitcode(status) & 255)
