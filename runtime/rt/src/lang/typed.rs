//! Copying and clearing values of a type.

use crate::heap::barrier::{before_clear, before_copy};
use abi::types::Type;

/// `typedmemmove(type, dst, src)`.
pub(crate) extern "C" fn typedmemmove(ty: &Type, dst: *mut u8, src: *const u8) {
    // SAFETY: compiled code passes addresses of two values.
    unsafe {
        before_copy(ty, dst, src, ty.size);
        core::ptr::copy(src, dst, ty.size);
    }
}

/// `typedmemclr(type, p)`.
pub(crate) extern "C" fn typedmemclr(ty: &Type, addr: *mut u8) {
    // SAFETY: compiled code passes the address of a value.
    unsafe {
        before_clear(ty, addr, ty.size);
        core::ptr::write_bytes(addr, 0, ty.size);
    }
}

/// `reflect.typedmemclrpartial(type, p, off, size)`: p is the value's address plus `off`.
pub(crate) extern "C" fn typedmemclrpartial(_ty: &Type, addr: *mut u8, _off: usize, bytes: usize) {
    // SAFETY: package reflect passes a part of a value: any word may be a pointer.
    unsafe {
        before_clear(core::ptr::null(), addr, bytes);
        core::ptr::write_bytes(addr, 0, bytes);
    }
}

/// `reflect.typedarrayclear(elem, p, len)`.
pub(crate) extern "C" fn typedarrayclear(ty: &Type, addr: *mut u8, len: usize) {
    // SAFETY: package reflect passes an array of `len` elements.
    unsafe {
        before_clear(ty, addr, ty.size * len);
        core::ptr::write_bytes(addr, 0, ty.size * len);
    }
}

/// `runtime.typedslicecopy(elem, dst, dst_len, src, src_len)`: how many were copied.
pub(crate) extern "C" fn typedslicecopy(
    ty: &Type,
    dst: *mut u8,
    dst_len: usize,
    src: *const u8,
    src_len: usize,
) -> usize {
    let n = dst_len.min(src_len);
    if n > 0 {
        // SAFETY: both slices have n elements.
        unsafe {
            before_copy(ty, dst, src, n * ty.size);
            core::ptr::copy(src, dst, n * ty.size);
        }
    }
    n
}

/// `runtime.memclrHasPointers(p, bytes, elem)`.
pub(crate) extern "C" fn memclr_has_pointers(addr: *mut u8, bytes: usize, _elem: usize) {
    if bytes > 0 {
        // SAFETY: compiled code passes memory of that size.
        unsafe {
            before_clear(core::ptr::null(), addr, bytes);
            core::ptr::write_bytes(addr, 0, bytes);
        }
    }
}

/// Two floats in the result registers.
#[repr(C)]
pub(crate) struct Complex(f64, f64);

/// `runtime.complex128div(a, b, c, d)`: (a+bi) / (c+di) by Smith's method; where that gives two NaNs, the infinities and zeros of
/// C99, annex G.5.1.
pub(crate) extern "C" fn complex128div(a: f64, b: f64, c: f64, d: f64) -> Complex {
    let abs = |x: f64| f64::from_bits(x.to_bits() & !(1 << 63));
    let result = if abs(c) >= abs(d) {
        let ratio = d / c;
        let denominator = c + ratio * d;
        Complex((a + b * ratio) / denominator, (b - a * ratio) / denominator)
    } else {
        let ratio = c / d;
        let denominator = d + ratio * c;
        Complex((a * ratio + b) / denominator, (b * ratio - a) / denominator)
    };
    if result.0.is_nan() && result.1.is_nan() { at_the_edge(a, b, c, d).unwrap_or(result) } else { result }
}

fn at_the_edge(a: f64, b: f64, c: f64, d: f64) -> Option<Complex> {
    let unit = |x: f64| (if x.is_infinite() { 1.0f64 } else { 0.0 }).copysign(x);
    if c == 0.0 && d == 0.0 && !(a.is_nan() && b.is_nan()) {
        let inf = f64::INFINITY.copysign(c);
        return Some(Complex(inf * a, inf * b));
    }
    if (a.is_infinite() || b.is_infinite()) && c.is_finite() && d.is_finite() {
        let (a, b) = (unit(a), unit(b));
        return Some(Complex(f64::INFINITY * (a * c + b * d), f64::INFINITY * (b * c - a * d)));
    }
    if (c.is_infinite() || d.is_infinite()) && a.is_finite() && b.is_finite() {
        let (c, d) = (unit(c), unit(d));
        return Some(Complex(0.0 * (a * c + b * d), 0.0 * (b * c - a * d)));
    }
    None
}
