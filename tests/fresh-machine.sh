#!/bin/sh
# A machine on which nothing is installed: a Debian root made for this, a clean clone of the tree, and the two commands
# that the README gives. Says in the end that they worked.
#
#   tests/fresh-machine.sh [FOLDER]     the root is made there; by default in a temporary folder, which is removed
#
# It needs debootstrap, git, root's rights and about 4 GB. What it takes from the network comes through the proxies of
# the environment (http_proxy, https_proxy, no_proxy). These may say otherwise than the machine's own apt:
#   MIRROR   where Debian's packages are      SUITE      which release
#   CARGO_HOME_CONFIG, PIP_CONFIG_FILE        files to be used as cargo's and pip's configuration in the root
#   CA_BUNDLE                                 certificates to be trusted in the root
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
os_release() { (. /etc/os-release && eval "echo \"\${$1:-}\""); }
apt_mirror() {
	apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null | grep -v security | head -n 1
}
mirror=${MIRROR:-$(apt_mirror)}
mirror=${mirror:-http://deb.debian.org/debian}
suite=${SUITE:-$(os_release VERSION_CODENAME)}

if [ $# -gt 0 ]; then
	root=$1
	mkdir -p "$root"
else
	root=$(mktemp -d)
fi
mounted=
clean() {
	[ -z "$mounted" ] || umount "$root/proc"
	[ $# -eq 0 ] || rm -rf "$root"
}
if [ $# -gt 0 ]; then trap clean EXIT; else trap 'clean all' EXIT; fi

echo "fresh-machine: $suite from $mirror in $root" >&2
debootstrap --variant=minbase --include=ca-certificates,curl,gcc,libc6-dev,git,python3,python3-pip "$suite" "$root" "$mirror"
mount -t proc proc "$root/proc"
mounted=yes
cp /etc/resolv.conf /etc/hosts "$root/etc/" 2>/dev/null || true
if [ -n "${CA_BUNDLE:-}" ]; then
	cp "$CA_BUNDLE" "$root/usr/local/share/ca-certificates/fresh-machine.crt"
	chroot "$root" update-ca-certificates
fi

git clone --quiet --no-hardlinks "$top" "$root/srv/rigo"
mkdir -p "$root/srv/.cargo"
[ -z "${CARGO_HOME_CONFIG:-}" ] || cp "$CARGO_HOME_CONFIG" "$root/srv/.cargo/config.toml"
[ -z "${PIP_CONFIG_FILE:-}" ] || cp "$PIP_CONFIG_FILE" "$root/etc/pip.conf"

# The README's two commands: set-up, and every test.
commands=$(sed -n '/^cargo xtask setup/p; /^cargo xtask test/p' "$top/README.md" | sed 's/ *#.*//')
if [ "$(printf '%s\n' "$commands" | wc -l)" -ne 2 ]; then
	echo "fresh-machine: the README does not give its two commands" >&2
	exit 1
fi
cat > "$root/srv/run.sh" <<END
set -eu
command -v cargo || {
	curl --proto '=https' -sSf ${RUSTUP_URL:-https://sh.rustup.rs} | sh -s -- -y --profile minimal
	. "\$HOME/.cargo/env"
}
cd /srv/rigo
set -x
$commands
END
chroot "$root" env -i HOME=/srv PATH=/srv/.cargo/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
	LANG=C.UTF-8 http_proxy="${http_proxy:-}" https_proxy="${https_proxy:-}" no_proxy="${no_proxy:-}" \
	HTTPS_PROXY="${HTTPS_PROXY:-}" HTTP_PROXY="${HTTP_PROXY:-}" CARGO_BUILD_JOBS="${CARGO_BUILD_JOBS:-}" \
	GOPROXY="${GOPROXY:-}" sh /srv/run.sh
echo "fresh-machine: both commands worked" >&2
