using System.Globalization;
using System.Runtime.CompilerServices;

namespace Granary.Data.Text;

/// <summary>
/// Parses decimal numbers from bytes with correct rounding. A mantissa below 2^53 and a power of ten up to 10^22 need one exact division
/// (Clinger 1990, "How to read floating point numbers accurately"). The runtime's parser handles longer numbers.
/// </summary>
internal static class DecimalNumber
{
    internal const ulong ExactMantissa = 1UL << 53;

    internal static readonly double[] PowersOfTen =
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ];

    internal static readonly ulong[] WholePowersOfTen = MakeWholePowers();

    private static ulong[] MakeWholePowers()
    {
        var powers = new ulong[20];
        powers[0] = 1;
        for (var i = 1; i < powers.Length; i++) powers[i] = powers[i - 1] * 10;
        return powers;
    }

    /// <summary>Reads digits with at most one decimal point, up to the first other byte, which must exist.</summary>
    /// <param name="mantissa">All digits as one number, below 2^53.</param>
    /// <param name="fraction">The number of digits after the point.</param>
    /// <returns>False if there are no digits, or too many to be exact.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe bool TryReadPlain(ref byte* p, out ulong mantissa, out int fraction)
    {
        var at = p;
        var n = 0UL;
        uint digit;
        while ((digit = (uint)(*at - '0')) <= 9)
        {
            n = n * 10 + digit;
            at++;
        }
        fraction = 0;
        var length = (int)(at - p);
        if (*at == '.')
        {
            var point = at++;
            while ((digit = (uint)(*at - '0')) <= 9)
            {
                n = n * 10 + digit;
                at++;
            }
            fraction = (int)(at - point) - 1;
            length += fraction;
        }
        p = at;
        mantissa = n;
        // 18 digits cannot have overflowed; a mantissa below 2^53 is a double without rounding.
        return length is > 0 and <= 18 && n < ExactMantissa;
    }

    /// <summary>Reads the whole text as a number with an optional sign, fraction and exponent.</summary>
    /// <param name="scale">The number is divided by ten to this power before it is rounded.</param>
    /// <param name="decimals">
    /// The number of decimals without trailing zeros; more than 18 if the number has too many digits.
    /// </param>
    /// <returns>False if the text is not a number ("", "abc", "NaN", "1,5").</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, int scale, out double value, out int decimals)
    {
        value = 0;
        decimals = 0;
        var i = 0;
        var negative = false;
        if (i < text.Length && text[i] is (byte)'-' or (byte)'+') negative = text[i++] == '-';
        var mantissa = 0UL;
        var digits = 0;
        var significant = 0;
        var fraction = 0;
        var point = false;
        for (; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '.' && !point)
            {
                point = true;
                continue;
            }
            var d = (uint)(c - '0');
            if (d > 9) break;
            digits++;
            if (point) fraction++;
            if (significant > 0 || d > 0) significant++;
            if (significant <= 19) mantissa = mantissa * 10 + d;
        }
        if (digits == 0) return false;
        if (!TryExponent(text[i..], out var exponent)) return false;

        var shift = fraction - exponent + scale;
        if (significant > 19)
        {
            // Too many digits to be exact here, or to lie on a price grid.
            decimals = 99;
            return TryParseLong(text, scale, out value);
        }
        while (shift > 0 && mantissa != 0 && mantissa % 10 == 0)
        {
            mantissa /= 10;
            shift--;
        }
        decimals = mantissa == 0 ? 0 : Math.Max(shift, 0);
        if (mantissa < ExactMantissa && shift is >= 0 and <= 22) value = mantissa / PowersOfTen[shift];
        else if (mantissa < ExactMantissa && shift is < 0 and >= -22 && mantissa * (UInt128)PowersOfTen[-shift] < ExactMantissa)
            value = mantissa * PowersOfTen[-shift];
        else return TryParseLong(text, scale, out value);
        if (negative) value = -value;
        return true;
    }

    // Parses the text after the digits: empty, or an exponent up to the end.
    private static bool TryExponent(ReadOnlySpan<byte> text, out int exponent)
    {
        exponent = 0;
        if (text.Length == 0) return true;
        if (text[0] is not ((byte)'e' or (byte)'E')) return false;
        var i = 1;
        var down = false;
        if (i < text.Length && text[i] is (byte)'-' or (byte)'+') down = text[i++] == '-';
        var first = i;
        for (; i < text.Length && (uint)(text[i] - '0') <= 9; i++)
            exponent = Math.Min(exponent * 10 + (text[i] - '0'), 9999);
        if (down) exponent = -exponent;
        return i > first && i == text.Length;
    }

    private static bool TryParseLong(ReadOnlySpan<byte> text, int scale, out double value)
    {
        const NumberStyles Styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (scale == 0) return double.TryParse(text, Styles, CultureInfo.InvariantCulture, out value);
        // The power of ten is appended to the text, so that the number is rounded only once.
        var s = System.Text.Encoding.ASCII.GetString(text);
        var e = s.AsSpan().IndexOfAny('e', 'E');
        var exponent = 0;
        if (e >= 0 && !int.TryParse(s.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent))
        {
            value = 0;
            return false;
        }
        return double.TryParse($"{(e < 0 ? s : s[..e])}E{exponent - scale}", Styles, CultureInfo.InvariantCulture, out value);
    }
}
