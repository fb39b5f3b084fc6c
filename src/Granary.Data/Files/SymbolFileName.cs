using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Granary.Engine.Market;

namespace Granary.Data.Files;

/// <summary>
/// Converts symbols to names of files and folders. Letters, digits, '-', '_' and inner dots are unchanged. Every other byte of the UTF-8
/// name is written %XX, and so is the first letter of a device's name, so no symbol can be a path. "BTC/USDT" is BTC%2FUSDT, ".." is
/// %2E%2E and "CON" is %43ON.
/// </summary>
internal static class SymbolFileName
{
    private const int LongestSymbol = 64;

    // Most file systems limit a name to 255 characters; an extension and the suffix of a temporary file need some of them.
    private const int LongestName = 220;

    // Device names on Windows, with any extension.
    private static readonly FrozenSet<string> Devices = FrozenSet.Create(StringComparer.OrdinalIgnoreCase,
        ["CON", "PRN", "AUX", "NUL", .. Enumerable.Range(1, 9).SelectMany(n => new[] { "COM" + n, "LPT" + n })]);

    /// <exception cref="BarDataException">The symbol is empty, too long, or has control characters.</exception>
    public static string Of(string symbol)
    {
        if (string.IsNullOrWhiteSpace(symbol)) throw new BarDataException("symbol: the name is empty; name the instrument, as ORCL");
        if (symbol.Length > LongestSymbol)
            throw new BarDataException($"symbol '{symbol[..20]}…': the name has {symbol.Length} characters; use at most {LongestSymbol}");
        var name = new StringBuilder();
        var bytes = Encoding.UTF8.GetBytes(symbol);
        var device = Devices.Contains(symbol.Split('.')[0]);
        for (var i = 0; i < bytes.Length; i++)
        {
            var b = bytes[i];
            if (b < 0x20 || b == 0x7F)
                throw new BarDataException("symbol: the name has a control character; use letters, digits and signs");
            var c = (char)b;
            if (!(device && i == 0) && (char.IsAsciiLetterOrDigit(c) || c is '-' or '_' || c == '.' && i > 0 && i < bytes.Length - 1))
                name.Append(c);
            else name.Append('%').Append(b.ToString("X2", CultureInfo.InvariantCulture));
        }
        return name.Length <= LongestName ? name.ToString()
            : throw new BarDataException($"symbol '{symbol[..20]}…': the name "
                + $"needs {name.Length} characters if each byte of a character other than a plain letter counts as three; use at "
                + $"most {LongestName}");
    }

    /// <summary>Returns the symbol of a file's or folder's name without extension.</summary>
    /// <returns>Null if the name is not one that <see cref="Of"/> makes.</returns>
    public static string? Symbol(string name)
    {
        var bytes = new List<byte>();
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] != '%')
            {
                if (name[i] > 0x7F) return null;
                bytes.Add((byte)name[i]);
                continue;
            }
            if (i + 2 >= name.Length) return null;
            if (!byte.TryParse(name.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var b))
                return null;
            bytes.Add(b);
            i += 2;
        }
        var symbol = Encoding.UTF8.GetString([.. bytes]);
        try
        {
            return symbol.Length > 0 && Of(symbol) == name ? symbol : null;
        }
        catch (BarDataException)
        {
            return null;
        }
    }
}
