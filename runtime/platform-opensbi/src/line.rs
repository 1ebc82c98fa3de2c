//! The terminal's line discipline: what is typed becomes what is read (termios(3)).
//!
//! In canonical mode the line that is being typed stands behind the finished lines in one ring and can be edited; a newline,
//! ^D or a full ring finishes it. In raw mode every byte is finished at once. Nothing is dropped: who feeds bytes asks for room first, and a line
//! longer than the ring is delivered in parts.
//!
//! ^D is kept in the ring as itself: it ends a line without being part of it, so before any other byte it is the end of the file.

use crate::ring::Ring;

pub const ICRNL: u32 = 0o400;
pub const INLCR: u32 = 0o100;
pub const IGNCR: u32 = 0o200;
pub const OPOST: u32 = 1;
pub const ONLCR: u32 = 4;
pub const ISIG: u32 = 1;
pub const ICANON: u32 = 2;
pub const ECHO: u32 = 8;
pub const ECHOE: u32 = 0o20;
pub const ECHOK: u32 = 0o40;
pub const ECHOCTL: u32 = 0o1000;
const CS8: u32 = 0o60;
const CREAD: u32 = 0o200;
const B115200: u32 = 0o10002;

const VMIN: usize = 6;
const END_OF_FILE: u8 = 4;
const INTERRUPT: u8 = 3;
const KILL_LINE: u8 = 0x15;
const DELETE: u8 = 0x7f;
const BACKSPACE: u8 = 8;

/// The kernel's `struct termios` of Linux's generic ABI.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Termios {
    pub iflag: u32,
    pub oflag: u32,
    pub cflag: u32,
    pub lflag: u32,
    pub line: u8,
    pub cc: [u8; 19],
}

impl Termios {
    /// Line editing with echo. Output goes out as it is: a transcript has the program's own bytes.
    pub const DEFAULT: Termios = {
        let mut cc = [0; 19];
        cc[0] = INTERRUPT;
        cc[2] = DELETE;
        cc[3] = KILL_LINE;
        cc[4] = END_OF_FILE;
        cc[VMIN] = 1;
        Termios {
            iflag: ICRNL,
            oflag: 0,
            cflag: CS8 | CREAD | B115200,
            lflag: ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL,
            line: 0,
            cc,
        }
    };
}

/// What a byte did besides being stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Typed {
    /// Nothing that a reader waits for.
    Nothing,
    /// There is something to read.
    Readable,
    /// ^C.
    Interrupt,
}

/// Most bytes that one typed byte echoes, besides those of an erased line.
pub const MOST_ECHO: usize = 8;

/// The input side of a terminal.
pub struct Line {
    pub termios: Termios,
    ring: Ring,
    /// How many bytes at the end of the ring belong to the line that is being typed.
    n_typed: usize,
}

impl Line {
    pub const fn none() -> Line {
        Line { termios: Termios::DEFAULT, ring: Ring::none(), n_typed: 0 }
    }

    pub fn new(buffer: &'static mut [u8]) -> Line {
        Line { termios: Termios::DEFAULT, ring: Ring::new(buffer), n_typed: 0 }
    }

    fn is_canonical(&self) -> bool {
        self.termios.lflag & ICANON != 0
    }

    /// Whether one more byte can be typed.
    pub fn has_room(&self) -> bool {
        self.ring.room() > 0
    }

    /// Whether a read has something to return.
    pub fn is_readable(&self) -> bool {
        self.ring.len() > self.n_typed
    }

    /// Changes the mode. What was being typed becomes readable when lines end to matter.
    pub fn set(&mut self, termios: Termios) {
        self.termios = termios;
        if !self.is_canonical() {
            self.n_typed = 0;
        }
    }

    /// Takes a byte from the keyboard; there is room. `echo` shows bytes to who types.
    pub fn typed(&mut self, byte: u8, echo: &mut impl FnMut(u8)) -> Typed {
        let byte = match byte {
            b'\r' if self.termios.iflag & IGNCR != 0 => return Typed::Nothing,
            b'\r' if self.termios.iflag & ICRNL != 0 => b'\n',
            b'\n' if self.termios.iflag & INLCR != 0 => b'\r',
            byte => byte,
        };
        if byte == INTERRUPT && self.termios.lflag & ISIG != 0 {
            self.show(byte, echo);
            return Typed::Interrupt;
        }
        if !self.is_canonical() {
            self.ring.push(byte);
            self.show(byte, echo);
            return Typed::Readable;
        }
        match byte {
            DELETE | BACKSPACE => self.erase(echo),
            KILL_LINE => (0..self.n_typed).for_each(|_| self.erase(echo)),
            END_OF_FILE => {
                self.ring.push(byte);
                self.n_typed = 0;
                return Typed::Readable;
            }
            _ => {
                self.ring.push(byte);
                self.n_typed += 1;
                self.show(byte, echo);
                if byte == b'\n' || self.ring.room() == 0 {
                    self.n_typed = 0;
                    return Typed::Readable;
                }
            }
        }
        Typed::Nothing
    }

    fn show(&self, byte: u8, echo: &mut impl FnMut(u8)) {
        if self.termios.lflag & ECHO == 0 {
            return;
        }
        match byte {
            b'\n' if self.termios.oflag & (OPOST | ONLCR) == OPOST | ONLCR => {
                b"\r\n".iter().for_each(|&b| echo(b))
            }
            b'\n' | b'\t' => echo(byte),
            0..0x20 | DELETE if self.termios.lflag & ECHOCTL != 0 => {
                [b'^', byte ^ 0x40].iter().for_each(|&b| echo(b))
            }
            _ => echo(byte),
        }
    }

    /// Takes back the last character of the typed line, a whole UTF-8 sequence.
    fn erase(&mut self, echo: &mut impl FnMut(u8)) {
        let mut erased = None;
        while self.n_typed > 0
            && let Some(byte) = self.ring.last()
        {
            self.ring.unpush();
            self.n_typed -= 1;
            erased = Some(byte);
            if byte & 0xc0 != 0x80 {
                break;
            }
        }
        let Some(byte) = erased.filter(|_| self.termios.lflag & ECHO != 0) else { return };
        let columns = if byte < 0x20 && self.termios.lflag & ECHOCTL != 0 { 2 } else { 1 };
        (0..columns).for_each(|_| b"\x08 \x08".iter().for_each(|&b| echo(b)));
    }

    /// Moves what can be read into `out`: in canonical mode at most one line. The caller has seen `is_readable`.
    pub fn read(&mut self, out: &mut [u8]) -> usize {
        let is_canonical = self.is_canonical();
        let mut n = 0;
        while n < out.len() && self.is_readable() {
            let Some(byte) = self.ring.pop() else { break };
            if is_canonical && byte == END_OF_FILE {
                break;
            }
            out[n] = byte;
            n += 1;
            if is_canonical && byte == b'\n' {
                break;
            }
        }
        // A ^D right behind the buffer's end belongs to this line: the next read is not the end of the file.
        if is_canonical
            && n == out.len()
            && n > 0
            && out[n - 1] != b'\n'
            && self.is_readable()
            && self.ring.first() == Some(END_OF_FILE)
        {
            self.ring.pop();
        }
        n
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Terminal {
        line: Line,
        echoed: Vec<u8>,
    }

    impl Terminal {
        fn new(bytes: usize) -> Terminal {
            Terminal { line: Line::new(Box::leak(vec![0; bytes].into_boxed_slice())), echoed: Vec::new() }
        }

        fn typed(&mut self, text: &[u8]) -> Vec<Typed> {
            let Terminal { line, echoed } = self;
            text.iter().map(|&byte| line.typed(byte, &mut |b| echoed.push(b))).collect()
        }

        fn read(&mut self, most: usize) -> Option<String> {
            let mut out = vec![0; most];
            self.line.is_readable().then(|| {
                let n = self.line.read(&mut out);
                String::from_utf8_lossy(&out[..n]).into_owned()
            })
        }
    }

    #[test]
    fn a_line_is_read_when_it_ends() {
        let mut terminal = Terminal::new(64);
        terminal.typed(b"chees\x7frs");
        assert_eq!(terminal.read(10), None);
        terminal.typed(b"\rmore\n");
        assert_eq!(terminal.read(4).as_deref(), Some("chee"));
        assert_eq!(terminal.read(40).as_deref(), Some("rs\n"));
        assert_eq!(terminal.read(40).as_deref(), Some("more\n"));
        assert_eq!(terminal.read(40), None);
        assert_eq!(terminal.echoed, b"chees\x08 \x08rs\nmore\n");
    }

    #[test]
    fn whole_characters_are_erased_and_only_of_this_line() {
        let mut terminal = Terminal::new(64);
        terminal.typed("a\nä\x7f\x7f\x7fb\x15c\n".as_bytes());
        assert_eq!(terminal.read(40).as_deref(), Some("a\n"));
        assert_eq!(terminal.read(40).as_deref(), Some("c\n"));
    }

    #[test]
    fn end_of_file_and_interrupt() {
        let mut terminal = Terminal::new(64);
        terminal.typed(b"ab\x04\x04");
        assert_eq!(terminal.read(2).as_deref(), Some("ab"));
        assert_eq!(terminal.read(40).as_deref(), Some(""));
        assert_eq!(terminal.typed(b"\x03"), [Typed::Interrupt]);
        assert_eq!(terminal.read(40), None);
        assert_eq!(terminal.echoed, b"ab^C");
    }

    #[test]
    fn raw_bytes_pass_unchanged() {
        let mut terminal = Terminal::new(64);
        let mut termios = Termios::DEFAULT;
        (termios.iflag, termios.lflag) = (0, 0);
        terminal.typed(b"half");
        terminal.line.set(termios);
        terminal.typed(b"\x03\x04\r\x7f");
        assert_eq!(terminal.read(40).as_deref(), Some("half\x03\x04\r\x7f"));
        assert_eq!(terminal.echoed, b"half");
    }

    #[test]
    fn a_line_longer_than_the_ring_is_not_cut() {
        let mut terminal = Terminal::new(8);
        let text = b"0123456789abcdefghijklmnop\n";
        let (mut got, mut at) = (String::new(), 0);
        while at < text.len() {
            while terminal.line.has_room() && at < text.len() {
                terminal.typed(&text[at..=at]);
                at += 1;
            }
            while let Some(part) = terminal.read(3) {
                got += &part;
            }
        }
        assert_eq!(got.as_bytes(), text);
    }
}
