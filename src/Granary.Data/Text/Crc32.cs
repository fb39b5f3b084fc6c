namespace Granary.Data.Text;

/// <summary>The checksum of zip entries (IEEE 802.3, reflected 0xEDB88320), eight bytes a step; the runtime unzips without looking at it.</summary>
internal static class Crc32
{
    private static readonly uint[] Tables = MakeTables();

    private static uint[] MakeTables()
    {
        var tables = new uint[8 * 256];
        for (var i = 0u; i < 256; i++)
        {
            var c = i;
            for (var k = 0; k < 8; k++) c = (c & 1) != 0 ? 0xEDB88320u ^ (c >> 1) : c >> 1;
            tables[i] = c;
        }
        for (var i = 0; i < 256; i++)
            for (var t = 1; t < 8; t++)
                tables[t * 256 + i] = (tables[(t - 1) * 256 + i] >> 8) ^ tables[tables[(t - 1) * 256 + i] & 0xFF];
        return tables;
    }

    /// <param name="crc">The checksum of what came before; 0 at the start.</param>
    public static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        var t = Tables;
        crc = ~crc;
        while (data.Length >= 8)
        {
            var low = crc ^ System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(data);
            var high = System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(data[4..]);
            crc = t[7 * 256 + (int)(low & 0xFF)] ^ t[6 * 256 + (int)((low >> 8) & 0xFF)]
                ^ t[5 * 256 + (int)((low >> 16) & 0xFF)] ^ t[4 * 256 + (int)(low >> 24)]
                ^ t[3 * 256 + (int)(high & 0xFF)] ^ t[2 * 256 + (int)((high >> 8) & 0xFF)]
                ^ t[256 + (int)((high >> 16) & 0xFF)] ^ t[(int)(high >> 24)];
            data = data[8..];
        }
        foreach (var b in data) crc = t[(int)((crc ^ b) & 0xFF)] ^ (crc >> 8);
        return ~crc;
    }
}
