using System.Numerics;
using System.Runtime.InteropServices;

namespace Granary.Data.Text;

/// <summary>
/// CRC-32C (Castagnoli), for bar files and messages. Processor instructions compute it, eight bytes per step. Each step depends on the
/// previous one, so a long text is processed as three independent parts.
/// </summary>
/// <remarks>
/// The effect of following zeros on a checksum is a linear function of its bits. Tables for its four bytes therefore combine the parts
/// (Gopal et al., "Fast CRC Computation for iSCSI Polynomial Using CRC32 Instruction", Intel 2011).
/// </remarks>
internal static class Crc32C
{
    private const int Run = 1024, Words = Run / 8;

    private static readonly uint[] BehindARun = MakeTables();

    private static uint[] MakeTables()
    {
        var bits = new uint[32];
        for (var bit = 0; bit < 32; bit++)
        {
            var crc = 1u << bit;
            for (var i = 0; i < Words; i++) crc = BitOperations.Crc32C(crc, 0ul);
            bits[bit] = crc;
        }
        var tables = new uint[4 * 256];
        for (var place = 0; place < 4; place++)
            for (var value = 0; value < 256; value++)
                for (var bit = 0; bit < 8; bit++)
                    if ((value >> bit & 1) != 0)
                        tables[place * 256 + value] ^= bits[place * 8 + bit];
        return tables;
    }

    private static uint PutRunBehind(uint crc)
    {
        var t = BehindARun;
        return t[crc & 0xFF] ^ t[256 + (crc >> 8 & 0xFF)] ^ t[512 + (crc >> 16 & 0xFF)] ^ t[768 + (crc >> 24)];
    }

    /// <param name="crc">The checksum of the preceding bytes; 0 at the start.</param>
    public static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        crc = ~crc;
        for (; data.Length >= 3 * Run; data = data[(3 * Run)..])
        {
            var first = MemoryMarshal.Cast<byte, ulong>(data[..Run]);
            var second = MemoryMarshal.Cast<byte, ulong>(data.Slice(Run, Run));
            var third = MemoryMarshal.Cast<byte, ulong>(data.Slice(2 * Run, Run));
            uint b = 0, c = 0;
            for (var i = 0; i < first.Length && i < second.Length && i < third.Length; i++)
            {
                crc = BitOperations.Crc32C(crc, first[i]);
                b = BitOperations.Crc32C(b, second[i]);
                c = BitOperations.Crc32C(c, third[i]);
            }
            crc = PutRunBehind(PutRunBehind(crc) ^ b) ^ c;
        }
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(data)) crc = BitOperations.Crc32C(crc, word);
        foreach (var b in data[(data.Length / 8 * 8)..]) crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }
}
