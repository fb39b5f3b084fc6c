using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Granary.Engine.Market;

namespace Granary.Data.FolderStore;

/// <summary>
/// Symbols as folder names. Letters, digits, '-', '_' and inner dots stand for themselves; every other byte of the UTF-8 name is
/// written %XX, and so is the first letter of a device's name, so that no symbol can be a path: "BTC/USDT" is BTC%2FUSDT, ".." is %2E%2E,
/// "CON" is %43ON.
/// </summary>
internal static class SymbolFolder
{
    private const int LongestSymbol = 64;

    // What most file systems take for one name.
    private const int LongestName = 255;

    // Names that are devices on Windows, whatever stands behind a dot.
    private static readonly FrozenSet<string> Devices = FrozenSet.Create(StringComparer.OrdinalIgnoreCase,
        ["CON", "PRN", "AUX", "NUL", .. Enumerable.Range(1, 9).SelectMany(n => new[] { "COM" + n, "LPT" + n })]);

    /// <exception cref="BarDataException">The symbol is empty, too long, or has control characters.</exception>
    public static string Name(string symbol)
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
                + $"needs {name.Length} characters where each that is no plain letter counts three for every byte; use at "
                + $"most {LongestName}");
    }

    /// <returns>Null where the folder's name is not one that <see cref="Name"/> makes.</returns>
    public static string? Symbol(string folder)
    {
        var bytes = new List<byte>();
        for (var i = 0; i < folder.Length; i++)
        {
            if (folder[i] != '%')
            {
                if (folder[i] > 0x7F) return null;
                bytes.Add((byte)folder[i]);
                continue;
            }
            if (i + 2 >= folder.Length) return null;
            if (!byte.TryParse(folder.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var b))
                return null;
            bytes.Add(b);
            i += 2;
        }
        var symbol = Encoding.UTF8.GetString([.. bytes]);
        try
        {
            return symbol.Length > 0 && Name(symbol) == folder ? symbol : null;
        }
        catch (BarDataException)
        {
            return null;
        }
    }
}
