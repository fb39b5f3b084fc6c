using System.Globalization;
using System.Numerics;
using ParquetSharp;

namespace Granary.Parquet.Reading;

/// <summary>Converts numbers that are stored as bytes, the most significant first.</summary>
internal static unsafe class DecimalBytes
{
    /// <param name="length">The number of bytes, at most 16, of which a number of 18 digits needs eight.</param>
    /// <exception cref="OverflowException">The number has more digits than its type.</exception>
    public static long ToLong(FixedLenByteArray value, int length)
    {
        var bytes = new ReadOnlySpan<byte>((void*)value.Pointer, length);
        var number = bytes.Length > 0 && bytes[0] >= 0x80 ? -1L : 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            // The bytes before the last eight repeat the sign.
            if (i + 8 < bytes.Length && bytes[i] != (byte)number) throw new OverflowException("a decimal has more digits than its type");
            number = number << 8 | bytes[i];
        }
        return number;
    }

    public static string ToText(FixedLenByteArray value, int length, int scale) =>
        ToText(new ReadOnlySpan<byte>((void*)value.Pointer, length), scale);

    public static string ToText(ByteArray value, int scale) => ToText(new ReadOnlySpan<byte>((void*)value.Pointer, value.Length), scale);

    public static double ToHalf(FixedLenByteArray value)
    {
        var half = BitConverter.ToHalf(new ReadOnlySpan<byte>((void*)value.Pointer, 2));
        return Half.IsFinite(half) ? double.Parse(half.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)
            : (double)half;
    }

    private static string ToText(ReadOnlySpan<byte> bytes, int scale)
    {
        var number = new BigInteger(bytes, isUnsigned: false, isBigEndian: true);
        var digits = BigInteger.Abs(number).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        var text = scale == 0 ? digits : $"{digits[..^scale]}.{digits[^scale..]}";
        return number.Sign < 0 ? "-" + text : text;
    }
}
