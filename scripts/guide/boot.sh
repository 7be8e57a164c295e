#!/bin/sh
# A root becomes a machine of its own, systemd first: boot.sh ROOT CGROUP CALLER, called in new namespaces by machine.py.
#
# Nothing of it is seen outside but the files under ROOT: processes, mounts, host name and network are its own. The
# network of CALLER (a process id) lies under /run/outside, for what must be fetched.
set -eu
root=$1 caller=$3

mount --make-rprivate /
mount --bind "$root" "$root"
cd "$root"
mount -t tmpfs -o mode=755 tmpfs run
touch run/outside && mount --bind "/proc/$caller/ns/net" run/outside
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t tmpfs -o mode=755 tmpfs dev
for name in null zero full random urandom tty; do
    touch "dev/$name" && mount --bind "/dev/$name" "dev/$name"
done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts dev/pts
mount -t tmpfs -o mode=1777 tmpfs dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
# The group this process was put into is the whole tree to whoever lives in its namespace.
mount -t cgroup2 cgroup2 sys/fs/cgroup
hostname guide
ip link set lo up
# Not chroot: a process in one may make no users of its own, which Debian's unit of Redis wants (PrivateUsers).
pivot_root . mnt
cd /
umount -l /mnt
exec env -i container=guide PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    /lib/systemd/systemd --system --log-target=null --show-status=0 </dev/null
