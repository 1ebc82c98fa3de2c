//! Size classes: every small object lies in a block of one of these sizes.
//!
//! The sizes are gc's, because programs see them: `append` grows a slice to what fits the block (`cap`).

/// The largest small object.
pub const MAX_SMALL_BYTES: usize = 32 << 10;
/// The number of classes; class 0 is that of large objects.
pub const N_CLASSES: usize = 68;
/// What a span notes of the contents of each block with pointers.
pub const CONTENTS_BYTES: usize = 4;
/// The unit of spans.
pub const PAGE_BYTES: usize = 8 << 10;

/// Block sizes. Source: `go doc runtime.MemStats` lists them as `BySize`.
pub const SIZES: [u16; N_CLASSES] = [
    0, 8, 16, 24, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240, 256, 288, 320, 352, 384,
    416, 448, 480, 512, 576, 640, 704, 768, 896, 1024, 1152, 1280, 1408, 1536, 1792, 2048, 2304, 2688, 3072,
    3200, 3456, 4096, 4864, 5376, 6144, 6528, 6784, 6912, 8192, 9472, 9728, 10240, 10880, 12288, 13568,
    14336, 16384, 18432, 19072, 20480, 21760, 24576, 27264, 28672, 32768,
];

/// Class by size up to 1024, in steps of 8. The stub of `newobject` reads it.
pub static SMALL: [u8; 129] = class_table::<129>(8, 0);
/// Class by size above 1024, in steps of 128.
static MEDIUM: [u8; 249] = class_table::<249>(128, 1024);

const fn class_table<const N: usize>(step: usize, from: usize) -> [u8; N] {
    let mut table = [0; N];
    let (mut i, mut class) = (0, 1);
    while i < N {
        while (SIZES[class] as usize) < from + i * step {
            class += 1;
        }
        table[i] = class as u8;
        i += 1;
    }
    table
}

/// The class of objects of `bytes` bytes, 1 to [`MAX_SMALL_BYTES`].
#[inline]
pub fn class_of(bytes: usize) -> usize {
    if bytes <= 1024 {
        SMALL[bytes.div_ceil(8)] as usize
    } else {
        MEDIUM[(bytes - 1024).div_ceil(128)] as usize
    }
}

/// Pages of a span of `class`: as few as waste at most an eighth. Blocks with pointers take `CONTENTS_BYTES` more each.
pub const fn span_pages(class: usize, has_pointers: bool) -> usize {
    let size = SIZES[class] as usize + if has_pointers { CONTENTS_BYTES } else { 0 };
    let mut pages = 1;
    while pages * PAGE_BYTES < size || (pages * PAGE_BYTES) % size > pages * PAGE_BYTES / 8 {
        pages += 1;
    }
    pages
}

/// The size of the block that an object gets, in gc's reckoning: one with pointers over 512 bytes has a word more there.
pub fn rounded_size(bytes: usize, has_pointers: bool) -> usize {
    let header = if has_pointers && bytes > 512 { 8 } else { 0 };
    if bytes == 0 {
        0
    } else if bytes + header <= MAX_SMALL_BYTES {
        SIZES[class_of(bytes + header)] as usize - header
    } else {
        bytes.next_multiple_of(PAGE_BYTES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn class_is_the_smallest_that_fits() {
        for bytes in 1..=MAX_SMALL_BYTES {
            let class = class_of(bytes);
            assert!(SIZES[class] as usize >= bytes && (SIZES[class - 1] as usize) < bytes, "{bytes}");
        }
    }

    #[test]
    fn every_span_has_room() {
        for (class, &size) in SIZES.iter().enumerate().skip(1) {
            for has_pointers in [false, true] {
                let block = size as usize + if has_pointers { CONTENTS_BYTES } else { 0 };
                let n_blocks = span_pages(class, has_pointers) * PAGE_BYTES / block;
                assert!((1..=1024).contains(&n_blocks), "class {class}: {n_blocks}");
            }
        }
    }

    #[test]
    fn caps_as_gc_grows_them() {
        assert_eq!(rounded_size(5 * 8, false), 48);
        assert_eq!(rounded_size(33 * 16, true), 568);
        assert_eq!(rounded_size(40_000, false), 40_960);
    }
}
