//! How much processor time the control group of this process may use (cgroups(7)).
//!
//! The group and its files are looked for once; the limit is read again each time, from descriptors that stay open. Only the group's own limit counts, not
//! that of the groups around it: as package runtime of Go 1.25 does it.

use crate::Linux;
use crate::syscall::{nr, syscall4};
use core::ffi::CStr;
use core::sync::atomic::{AtomicI32, AtomicU32, Ordering::Relaxed};

/// Longest path that is looked at, with its NUL byte; as the kernel's PATH_MAX.
const PATH_BYTES: usize = 4096;
const AT_FDCWD: isize = -100;
const O_CLOEXEC: usize = 0o2000000;

/// Which files hold a limit.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Version {
    /// `cpu.cfs_quota_us` and `cpu.cfs_period_us`.
    V1,
    /// `cpu.max`.
    V2,
}

// 0 before the files were looked for, then 1, and 2 or 3 if they were found: version 1 or 2. Written by the first thread.
static STATE: AtomicU32 = AtomicU32::new(0);
const NONE: u32 = 1;
// The open files: `cpu.max`, or quota and period.
static FILES: [AtomicI32; 2] = [const { AtomicI32::new(-1) }; 2];

impl Linux {
    /// How many processors' time the group may use, rounded up; the largest number if it has no limit. The first call is the first thread's, before others
    /// exist.
    pub(crate) fn cgroup_limit() -> u32 {
        if STATE.load(Relaxed) == 0 {
            STATE.store(NONE, Relaxed);
            if let Some(version) = open() {
                STATE.store(NONE + version as u32 + 1, Relaxed);
            }
        }
        let mut buffer = [0; 64];
        let limit = match STATE.load(Relaxed) - NONE {
            0 => None,
            1 => {
                let mut number = |file: usize| number(read(FILES[file].load(Relaxed), &mut buffer)?);
                number(0).zip(number(1))
            }
            _ => read(FILES[0].load(Relaxed), &mut buffer).and_then(quota_and_period),
        };
        limit.map_or(u32::MAX, |(quota, period)| processors(quota, period))
    }
}

fn processors(quota: u64, period: u64) -> u32 {
    if period == 0 { u32::MAX } else { quota.div_ceil(period).min(u32::MAX as u64) as u32 }
}

/// A line with one number; none if it is negative, which means without limit.
fn number(line: &[u8]) -> Option<u64> {
    str::from_utf8(line).ok()?.trim().parse().ok()
}

/// `cpu.max`: quota, or `max`, and period.
fn quota_and_period(line: &[u8]) -> Option<(u64, u64)> {
    let space = line.iter().position(|&byte| byte == b' ')?;
    number(&line[..space]).zip(number(&line[space..]))
}

/// Looks for the group and opens its files.
fn open() -> Option<Version> {
    let mut group = Path::new();
    let mut version = None;
    each_line(c"/proc/self/cgroup", |line| {
        if let Some((found, path)) = group_of(line)
            && version != Some(Version::V1)
        {
            group.set(&[path]);
            version = Some(found);
        }
    });
    let version = version?;
    let mut folder = Path::new();
    each_line(c"/proc/self/mountinfo", |line| {
        if folder.len == 0
            && let Some((mount, rest)) = mounted(line, version, group.bytes())
        {
            folder.set(&[mount, rest]);
        }
    });
    let names: &[&[u8]] = match version {
        Version::V1 => &[b"/cpu.cfs_quota_us\0", b"/cpu.cfs_period_us\0"],
        Version::V2 => &[b"/cpu.max\0"],
    };
    for (name, file) in names.iter().zip(&FILES) {
        let mut path = Path::new();
        path.set(&[folder.bytes(), name]);
        if folder.len == 0 || path.len == 0 {
            return None;
        }
        // SAFETY: the kernel reads the path, which ends in a NUL byte.
        let fd =
            unsafe { syscall4(nr::OPENAT, AT_FDCWD as usize, path.bytes().as_ptr() as usize, O_CLOEXEC, 0) };
        if fd < 0 {
            FILES.iter().for_each(close);
            return None;
        }
        file.store(fd as i32, Relaxed);
    }
    Some(version)
}

fn close(file: &AtomicI32) {
    let fd = file.swap(-1, Relaxed);
    if fd >= 0 {
        // SAFETY: the descriptor is ours.
        unsafe { syscall4(nr::CLOSE, fd as usize, 0, 0, 0) };
    }
}

/// Which group a line of `/proc/self/cgroup` tells: `number:controllers:path`; a version 1 with the controller `cpu`, or version 2.
fn group_of(line: &[u8]) -> Option<(Version, &[u8])> {
    let mut parts = line.splitn(3, |&byte| byte == b':');
    let (number, controllers, path) = (parts.next()?, parts.next()?, parts.next()?);
    if number == b"0" && controllers.is_empty() {
        return Some((Version::V2, path));
    }
    let has_cpu = controllers.split(|&byte| byte == b',').any(|name| name == b"cpu");
    has_cpu.then_some((Version::V1, path))
}

/// Where a line of `/proc/self/mountinfo` mounts the group: mount point, and the group's path below it. proc_pid_mountinfo(5): number, parent, device, root,
/// mount point, options, optional fields, `-`, type, source, options of the file system.
fn mounted<'a>(line: &'a [u8], version: Version, group: &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
    let mut fields = line.split(|&byte| byte == b' ');
    let root = fields.nth(3)?;
    let mount = fields.next()?;
    let mut fields = fields.skip_while(|&field| field != b"-");
    let (kind, options) = (fields.nth(1)?, fields.nth(1)?);
    let is_right = match version {
        Version::V1 => kind == b"cgroup" && options.split(|&byte| byte == b',').any(|name| name == b"cpu"),
        Version::V2 => kind == b"cgroup2",
    };
    let rest = if root == b"/" { group } else { group.strip_prefix(root)? };
    // Spaces and their like are written as `\040`; no group has them in its name that is worth the trouble.
    let is_plain = !mount.contains(&b'\\') && (rest.is_empty() || rest[0] == b'/');
    (is_right && is_plain).then_some((mount, if rest == b"/" { b"" } else { rest }))
}

/// A path on the stack.
struct Path {
    bytes: [u8; PATH_BYTES],
    len: usize,
}

impl Path {
    fn new() -> Path {
        Path { bytes: [0; PATH_BYTES], len: 0 }
    }

    /// Joins `parts`; empty if that is too long.
    fn set(&mut self, parts: &[&[u8]]) {
        self.len = 0;
        for part in parts {
            let Some(room) = self.bytes.get_mut(self.len..self.len + part.len()) else {
                self.len = 0;
                return;
            };
            room.copy_from_slice(part);
            self.len += part.len();
        }
    }

    fn bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

/// Calls `visit` with each line of a file. One that is longer than two paths is passed over.
fn each_line(path: &CStr, mut visit: impl FnMut(&[u8])) {
    // SAFETY: the kernel reads the path.
    let fd = unsafe { syscall4(nr::OPENAT, AT_FDCWD as usize, path.as_ptr() as usize, O_CLOEXEC, 0) };
    if fd < 0 {
        return;
    }
    let mut buffer = [0u8; 2 * PATH_BYTES];
    let (mut len, mut skips) = (0, false);
    loop {
        let room = &mut buffer[len..];
        // SAFETY: the kernel writes into the slice.
        let n = unsafe { syscall4(nr::READ, fd as usize, room.as_mut_ptr() as usize, room.len(), 0) };
        if n <= 0 {
            break;
        }
        len += n as usize;
        let mut start = 0;
        while let Some(end) = buffer[start..len].iter().position(|&byte| byte == b'\n') {
            if !core::mem::replace(&mut skips, false) {
                visit(&buffer[start..start + end]);
            }
            start += end + 1;
        }
        buffer.copy_within(start..len, 0);
        len -= start;
        if len == buffer.len() {
            (len, skips) = (0, true);
        }
    }
    // SAFETY: the descriptor is ours.
    unsafe { syscall4(nr::CLOSE, fd as usize, 0, 0, 0) };
}

/// Reads a short file from its beginning.
fn read(fd: i32, buffer: &mut [u8]) -> Option<&[u8]> {
    // SAFETY: the kernel writes into the slice.
    let n = unsafe { syscall4(nr::PREAD64, fd as usize, buffer.as_mut_ptr() as usize, buffer.len(), 0) };
    (n > 0).then(|| buffer[..n as usize].trim_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups() {
        assert_eq!(group_of(b"0::/a/b"), Some((Version::V2, &b"/a/b"[..])));
        assert_eq!(group_of(b"4:cpu,cpuacct:/x:y"), Some((Version::V1, &b"/x:y"[..])));
        assert_eq!(group_of(b"5:cpuset:/"), None);
        assert_eq!(group_of(b"1:name=systemd:/"), None);
    }

    #[test]
    fn mounts() {
        let line = b"41 31 0:38 / /sys/fs/cgroup rw shared:4 master:1 - cgroup2 cgroup2 rw,nsdelegate";
        assert_eq!(mounted(line, Version::V2, b"/a"), Some((&b"/sys/fs/cgroup"[..], &b"/a"[..])));
        assert_eq!(mounted(line, Version::V2, b"/"), Some((&b"/sys/fs/cgroup"[..], &b""[..])));
        assert_eq!(mounted(line, Version::V1, b"/"), None);
        let line = b"32 31 0:29 /docker/1 /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu,cpuacct";
        let mount = &b"/sys/fs/cgroup/cpu"[..];
        assert_eq!(mounted(line, Version::V1, b"/docker/1"), Some((mount, &b""[..])));
        assert_eq!(mounted(line, Version::V1, b"/docker/1/x"), Some((mount, &b"/x"[..])));
        assert_eq!(mounted(line, Version::V1, b"/docker/12"), None);
        assert_eq!(mounted(line, Version::V2, b"/docker/1"), None);
    }

    #[test]
    fn limits() {
        assert_eq!(quota_and_period(b"max 100000"), None);
        assert_eq!(quota_and_period(b"250000 100000").map(|(q, p)| processors(q, p)), Some(3));
        assert_eq!(quota_and_period(b"50000 100000").map(|(q, p)| processors(q, p)), Some(1));
        assert_eq!(number(b"-1"), None);
        assert_eq!(processors(1, 0), u32::MAX);
    }

    #[test]
    fn lines_of_a_real_file() {
        let mut lines = Vec::new();
        each_line(c"/proc/self/mountinfo", |line| lines.push(String::from_utf8_lossy(line).into_owned()));
        assert_eq!(lines.join("\n") + "\n", std::fs::read_to_string("/proc/self/mountinfo").unwrap());
        let limit = Linux::cgroup_limit();
        assert!(limit > 0);
        assert_eq!(limit, Linux::cgroup_limit());
    }
}
