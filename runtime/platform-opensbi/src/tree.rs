//! The device tree: what the machine has (Devicetree Specification 0.4).
//!
//! Read once during boot and copied into [`Machine`]. Devices of a bus are taken to have the addresses that their nodes say: buses that
//! translate addresses are passed over.

use dtoolkit::fdt::{Fdt, FdtNode};
use dtoolkit::{Node, Property};

/// Most ranges of each kind of memory.
const MAX_RANGES: usize = 16;
/// Most virtio devices that are looked at.
const MAX_VIRTIO: usize = 32;

/// The UART.
#[derive(Clone, Copy)]
pub struct Uart {
    pub addr: usize,
    pub source: Option<u32>,
    /// Registers are `1 << shift` bytes apart.
    pub shift: u32,
    /// Registers are read and written as 32-bit words.
    pub is_wide: bool,
}

/// The interrupt controller.
#[derive(Clone, Copy)]
pub struct Plic {
    pub addr: usize,
    /// The context of the boot hart's S-mode.
    pub context: usize,
}

/// A list with room for `N`.
pub struct List<T, const N: usize> {
    items: [Option<T>; N],
    n: usize,
}

impl<T: Copy, const N: usize> List<T, N> {
    const fn new() -> List<T, N> {
        List { items: [None; N], n: 0 }
    }

    /// Appends an item; one beyond the room is left out.
    pub fn push(&mut self, item: T) {
        if self.n < N {
            self.items[self.n] = Some(item);
            self.n += 1;
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = T> + '_ {
        self.items[..self.n].iter().flatten().copied()
    }
}

/// What the kernel needs to know of the machine.
pub struct Machine {
    /// Memory, from and to.
    pub memory: List<(usize, usize), MAX_RANGES>,
    /// What of it is somebody else's.
    pub reserved: List<(usize, usize), { 2 * MAX_RANGES }>,
    /// Harts by their ids.
    pub harts: List<usize, { crate::hart::MAX_HARTS }>,
    /// Ticks of the `time` register in a second.
    pub timebase_hz: u64,
    pub uart: Option<Uart>,
    pub plic: Option<Plic>,
    pub rtc: Option<usize>,
    pub finisher: Option<usize>,
    pub virtio: List<usize, MAX_VIRTIO>,
    pub arguments: &'static [u8],
    pub seed: &'static [u8],
}

/// The machine that `tree` describes; the error says what is missing that no program can do without.
pub fn read(tree: Fdt<'static>, boot_hart: usize) -> Result<Machine, &'static str> {
    let mut machine = Machine {
        memory: List::new(),
        reserved: List::new(),
        harts: List::new(),
        timebase_hz: 0,
        uart: None,
        plic: None,
        rtc: None,
        finisher: None,
        virtio: List::new(),
        arguments: &[],
        seed: &[],
    };
    for reservation in tree.memory_reservations() {
        let start = reservation.address() as usize;
        machine.reserved.push((start, start + reservation.size() as usize));
    }
    let root = tree.root();
    for node in root.children() {
        match node.name_without_address() {
            "memory" => ranges(node).for_each(|range| machine.memory.push(range)),
            "reserved-memory" => {
                node.children().flat_map(ranges).for_each(|range| machine.reserved.push(range));
            }
            "chosen" => {
                machine.arguments = bytes(node, "bootargs").unwrap_or(&[]);
                machine.seed = bytes(node, "rng-seed").unwrap_or(&[]);
                if let (Some(start), Some(end)) =
                    (number(node, "linux,initrd-start"), number(node, "linux,initrd-end"))
                {
                    machine.reserved.push((start, end));
                }
            }
            _ => {}
        }
    }
    let mut boot_controller = None;
    if let Some(cpus) = root.child("cpus") {
        machine.timebase_hz = number(cpus, "timebase-frequency").unwrap_or(0) as u64;
        for cpu in cpus.children().filter(|node| node.name_without_address() == "cpu") {
            let is_usable =
                cpu.property("status").is_none_or(|status| status.value_as::<&str>() == Ok("okay"));
            let Some(id) = number(cpu, "reg").filter(|_| is_usable) else { continue };
            machine.harts.push(id);
            if id == boot_hart {
                boot_controller = cpu.child("interrupt-controller").and_then(|node| number(node, "phandle"));
            }
        }
    }
    let wanted = stdout(tree);
    devices(root, &mut machine, wanted.map(|node| node.name()), boot_controller, 0);
    if machine.memory.iter().next().is_none() {
        return Err("the device tree has no memory");
    }
    if machine.timebase_hz == 0 {
        return Err("the device tree has no timebase-frequency");
    }
    Ok(machine)
}

/// The node that `/chosen/stdout-path` names, directly or by an alias.
fn stdout(tree: Fdt<'static>) -> Option<FdtNode<'static>> {
    let path = text(tree.find_node("/chosen")?, "stdout-path")?;
    // Options follow a colon.
    let path = path.split(':').next()?;
    match path.starts_with('/') {
        true => tree.find_node(path),
        false => tree.find_node(text(tree.find_node("/aliases")?, path)?),
    }
}

/// Looks through `node` and the buses below it.
fn devices(
    node: FdtNode<'static>,
    machine: &mut Machine,
    stdout: Option<&str>,
    boot_controller: Option<usize>,
    depth: usize,
) {
    for child in node.children() {
        let compatible = |name| child.compatible().is_some_and(|mut names| names.any(|other| other == name));
        if (compatible("simple-bus") || compatible("soc")) && depth < 4 {
            let is_translated = bytes(child, "ranges").is_none_or(|ranges| !ranges.is_empty());
            if !is_translated {
                devices(child, machine, stdout, boot_controller, depth + 1);
            }
            continue;
        }
        let Some((addr, _)) = ranges(child).next() else { continue };
        if compatible("ns16550a") || compatible("ns16550") || compatible("snps,dw-apb-uart") {
            if machine.uart.is_none() || stdout == Some(child.name()) {
                machine.uart = Some(Uart {
                    addr,
                    source: number(child, "interrupts").map(|source| source as u32),
                    shift: number(child, "reg-shift").unwrap_or(0) as u32,
                    is_wide: number(child, "reg-io-width") == Some(4),
                });
            }
        } else if compatible("riscv,plic0")
            || compatible("sifive,plic-1.0.0")
            || compatible("thead,c900-plic")
        {
            machine.plic = context(child, boot_controller).map(|context| Plic { addr, context });
        } else if compatible("google,goldfish-rtc") {
            machine.rtc = Some(addr);
        } else if compatible("sifive,test0") || compatible("sifive,test1") {
            machine.finisher = Some(addr);
        } else if compatible("virtio,mmio") {
            machine.virtio.push(addr);
        }
    }
}

/// The controller's context for external interrupts (9) of the hart whose own controller is `boot_controller`.
fn context(plic: FdtNode<'static>, boot_controller: Option<usize>) -> Option<usize> {
    const SUPERVISOR_EXTERNAL: [u8; 4] = [0, 0, 0, 9];
    let wanted = (boot_controller? as u32).to_be_bytes();
    let pairs = bytes(plic, "interrupts-extended")?.chunks_exact(8);
    pairs.into_iter().position(|pair| pair[..4] == wanted && pair[4..] == SUPERVISOR_EXTERNAL)
}

/// The ranges of a node's `reg`, from and to.
fn ranges(node: FdtNode<'static>) -> impl Iterator<Item = (usize, usize)> {
    node.reg().ok().flatten().into_iter().flatten().filter_map(|reg| {
        let start = reg.address::<u64>().ok()? as usize;
        let bytes = reg.size::<u64>().unwrap_or(0) as usize;
        Some((start, start.checked_add(bytes)?))
    })
}

fn bytes(node: FdtNode<'static>, name: &str) -> Option<&'static [u8]> {
    node.property(name)?.value_as().ok()
}

fn text(node: FdtNode<'static>, name: &str) -> Option<&'static str> {
    node.property(name)?.value_as().ok()
}

/// A property of one or two cells; the first number of a longer one.
fn number(node: FdtNode<'static>, name: &str) -> Option<usize> {
    let value = bytes(node, name)?;
    let cell = |index: usize| {
        Some(u32::from_be_bytes(value.get(4 * index..4 * index + 4)?.try_into().ok()?) as usize)
    };
    match value.len() {
        8 if name != "interrupts" => Some(cell(0)? << 32 | cell(1)?),
        _ => cell(0),
    }
}
