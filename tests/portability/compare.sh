#!/bin/sh
# Equal bits where one process cannot see both sides: every table of kernels of this machine, built by every compiler that is
# here, and the NEON kernels under user-mode emulation. Prints one line for each; fails when any hash differs.
#
# usage: tests/portability/compare.sh        from the top of the tree. What is not installed (clang, an ARM compiler, qemu) is left out.

set -e
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sources='tests/portability/kernel_hash.c toolkit/math/kernels.c toolkit/base/clock.c'
flags='-std=gnu11 -O2 -ffp-contract=off -fno-math-errno -D_GNU_SOURCE -I. -Itoolkit'
failed=0

# build COMPILER NAME KERNEL...: one program with these tables beside the plain one
build() {
    compiler=$1; name=$2; shift 2
    objects=
    for kernel in "$@"; do
        case $kernel in
        avx2) isa='-mavx2 -mfma' ;;
        avx512) isa='-mavx512f -mavx512bw -mavx512dq -mavx512vl -mfma' ;;
        *) isa= ;;
        esac
        $compiler $flags $isa -c "toolkit/math/kernels_$kernel.c" -o "$work/$name-$kernel.o"
        objects="$objects $work/$name-$kernel.o"
    done
    $compiler $flags $sources $objects -lm $static -o "$work/$name"
}

# compare NAME [EMULATOR]: all tables of a program against the first hashes that were seen
compare() {
    for kernel in $($2 "$work/$1"); do
        $2 "$work/$1" "$kernel" >"$work/hashes"
        [ -e "$work/expected" ] || cp "$work/hashes" "$work/expected"
        if cmp -s "$work/expected" "$work/hashes"; then
            echo "$1 $kernel: $(wc -l <"$work/hashes") results, the same bits"
        else
            echo "$1 $kernel: differs:"
            diff "$work/expected" "$work/hashes" | grep '^>' | head -5
            failed=1
        fi
    done
}

native=plain
[ "$(uname -m)" = x86_64 ] && native='plain avx2 avx512'
[ "$(uname -m)" = aarch64 ] && native='plain neon'
static=
for compiler in gcc clang; do
    command -v $compiler >/dev/null || continue
    build $compiler $compiler $native
    compare $compiler
done
if command -v aarch64-linux-gnu-gcc >/dev/null && command -v qemu-aarch64 >/dev/null; then
    static=-static
    build aarch64-linux-gnu-gcc arm plain neon
    compare arm qemu-aarch64
else
    echo 'arm: left out (needs aarch64-linux-gnu-gcc and qemu-aarch64)'
fi
exit $failed
