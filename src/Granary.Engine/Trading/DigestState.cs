using System.Numerics;
using System.Runtime.CompilerServices;

namespace Granary.Engine.Trading;

/// <summary>
/// A running 128-bit digest of the events of one strategy run, in canonical order and to the last bit of every number.
/// A batch's digest is the SHA-256 over the digests of its strategies. (Running SHA-256 itself over seven million trades
/// would take a fifth of the sweep's time; docs/decisions has the figures.)
/// </summary>
internal struct DigestState
{
    private const ulong K0 = 0x9E3779B97F4A7C15, K1 = 0xD6E8FEB86659FD93, K2 = 0xA0761D6478BD642F, K3 = 0xE7037ED1A0B428DB;
    private ulong _a = K2, _b = K3;

    public DigestState()
    {
    }

    public readonly UInt128 Value => new(_a, _b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ulong x, ulong y)
    {
        // A 64×64→128 multiply mixes the pair; the rotated old state is added, so that a zero factor loses nothing.
        var high = Math.BigMul(_a ^ x ^ K0, _b ^ y ^ K1, out var low);
        _a = BitOperations.RotateLeft(_a, 23) * K1 + low + y;
        _b = BitOperations.RotateLeft(_b, 41) * K0 + high + x;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ulong x, double y) => Add(x, BitConverter.DoubleToUInt64Bits(y));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(double x, double y) => Add(BitConverter.DoubleToUInt64Bits(x), BitConverter.DoubleToUInt64Bits(y));
}
