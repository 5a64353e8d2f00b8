"""Takes some members out of a wheel: extract.py WHEEL FOLDER PREFIX...

Prints `Progress BYTES of TOTAL` as it goes, in the form of pip's raw progress bar.
"""

import os
import sys
import zipfile

wheel, folder, *prefixes = sys.argv[1:]

with zipfile.ZipFile(wheel) as archive:
    members = [m for m in archive.infolist() if m.filename.startswith(tuple(prefixes)) and not m.is_dir()]
    total = sum(m.file_size for m in members)
    done = 0
    for member in members:
        target = os.path.join(folder, member.filename)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        # Reading a member to its end checks its CRC.
        with archive.open(member) as source, open(target, "wb") as sink:
            while chunk := source.read(1 << 22):
                sink.write(chunk)
                done += len(chunk)
                print(f"Progress {done} of {total}", flush=True)
