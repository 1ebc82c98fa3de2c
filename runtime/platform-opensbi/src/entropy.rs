//! Random bytes: a generator seeded by the machine.
//!
//! The seed is what the virtio entropy device gives, the `rng-seed` of the device tree, and the times at which the machine
//! booted. Without the first two the times are all there is: the kernel says so when a program first asks.

use crate::chacha::ChaCha;
use crate::lock::SpinLock;
use crate::space::direct;
use crate::{OpenSbi, clock, csr, memory, report};
use core::ptr::NonNull;
use core::sync::atomic::{AtomicBool, Ordering::Relaxed};
use virtio_drivers::device::rng::VirtIORng;
use virtio_drivers::transport::mmio::{MmioTransport, VirtIOHeader};
use virtio_drivers::transport::{DeviceType, Transport};
use virtio_drivers::{BufferDirection, Hal, PAGE_SIZE, PhysAddr};

static GENERATOR: SpinLock<ChaCha> = SpinLock::new(ChaCha::new());
static IS_SEEDED: AtomicBool = AtomicBool::new(false);

/// Adds to the seed. `is_secret` says whether nobody outside can know it.
pub fn mix(seed: &[u8], is_secret: bool) {
    GENERATOR.lock().mix(seed);
    if is_secret && !seed.is_empty() {
        IS_SEEDED.store(true, Relaxed);
    }
}

/// Adds the time of this very moment.
pub fn mix_time() {
    mix(&csr::time().to_le_bytes(), false);
}

/// How the driver reaches memory: frames of the kernel, at their direct addresses.
struct Dma;

// SAFETY: frames are contiguous, page-aligned, zeroed and nobody else's; a direct address is physical plus a constant.
unsafe impl Hal for Dma {
    fn dma_alloc(pages: usize, _direction: BufferDirection) -> (PhysAddr, NonNull<u8>) {
        // A queue of eight entries takes two pages at most; a block has more than any queue wants.
        let frame = crate::space::SPACE.lock().frames.alloc_block().unwrap_or(0);
        // SAFETY: the block is ours; 0 says that there is none, as the trait has it.
        unsafe { direct(frame).write_bytes(0, if frame == 0 { 0 } else { pages * PAGE_SIZE }) };
        (frame as PhysAddr, NonNull::new(direct(frame)).expect("direct addresses are not null"))
    }

    unsafe fn dma_dealloc(paddr: PhysAddr, _vaddr: NonNull<u8>, _pages: usize) -> i32 {
        crate::space::SPACE.lock().frames.free_block(paddr as usize);
        0
    }

    unsafe fn mmio_phys_to_virt(paddr: PhysAddr, _size: usize) -> NonNull<u8> {
        NonNull::new(direct(paddr as usize)).expect("direct addresses are not null")
    }

    unsafe fn share(buffer: NonNull<[u8]>, _direction: BufferDirection) -> PhysAddr {
        (buffer.as_ptr() as *mut u8 as usize - direct(0) as usize) as PhysAddr
    }

    unsafe fn unshare(_paddr: PhysAddr, _buffer: NonNull<[u8]>, _direction: BufferDirection) {}
}

/// Seeds the generator from the first entropy device among the virtio devices at these addresses.
pub fn seed_from_devices(addrs: impl Iterator<Item = usize>) {
    for addr in addrs {
        let header = direct(addr) as *mut VirtIOHeader;
        let Some(header) = NonNull::new(header) else { continue };
        // SAFETY: the device tree says that a virtio device of that size is there.
        let Ok(transport) = (unsafe { MmioTransport::new(header, 0x200) }) else { continue };
        if transport.device_type() != DeviceType::EntropySource {
            continue;
        }
        let Ok(mut device) = VirtIORng::<Dma, _>::new(transport) else { continue };
        let Some(frame) = crate::space::SPACE.lock().frames.alloc() else { return };
        // SAFETY: a frame that nobody else knows, at its direct address, which `share` can turn back.
        let buffer = unsafe { core::slice::from_raw_parts_mut(direct(frame), 32) };
        if let Ok(n) = device.request_entropy(buffer) {
            mix(&buffer[..n.min(32)], true);
        }
        crate::space::SPACE.lock().frames.free(frame);
        return;
    }
}

/// Fills `bytes`, also for programs.
pub fn fill(bytes: &mut [u8]) {
    if !IS_SEEDED.swap(true, Relaxed) {
        report::note(&[
            "no entropy device and no rng-seed in the device tree: random numbers can be guessed",
        ]);
    }
    for part in bytes.chunks_mut(256) {
        // No lock is held while the caller's memory is written.
        let mut copy = [0; 256];
        {
            let mut generator = GENERATOR.lock();
            generator.mix(&(clock::now_ns() ^ memory::total_bytes() as u64).to_le_bytes());
            generator.fill(&mut copy[..part.len()]);
        }
        part.copy_from_slice(&copy[..part.len()]);
    }
}

impl platform::Entropy for OpenSbi {
    fn entropy(bytes: &mut [u8]) {
        fill(bytes);
    }
}
