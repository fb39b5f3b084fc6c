using System.Globalization;
using System.Text;
using Granary.Engine.Market;

namespace Granary.Data.Store;

/// <summary>
/// Symbols as folder names. Letters, digits, '-', '_' and inner dots stand for themselves; every other byte of the UTF-8 name is
/// written %XX, so that no symbol can be a path: "BTC/USDT" is BTC%2FUSDT, ".." is %2E%2E.
/// </summary>
internal static class SymbolFolder
{
    private const int LongestSymbol = 64;

    /// <exception cref="BarDataException">The symbol is empty, too long, or has control characters.</exception>
    public static string Name(string symbol)
    {
        if (string.IsNullOrWhiteSpace(symbol)) throw new BarDataException("symbol: the name is empty; name the instrument, as ORCL");
        if (symbol.Length > LongestSymbol) throw new BarDataException($"symbol '{symbol[..20]}…': the name has {symbol.Length} characters; use at most {LongestSymbol}");
        var name = new StringBuilder();
        foreach (var b in Encoding.UTF8.GetBytes(symbol))
        {
            if (b < 0x20 || b == 0x7F) throw new BarDataException("symbol: the name has a control character; use letters, digits and signs");
            var c = (char)b;
            if (char.IsAsciiLetterOrDigit(c) || c is '-' or '_' || c == '.' && name.Length > 0) name.Append(c);
            else name.Append('%').Append(b.ToString("X2", CultureInfo.InvariantCulture));
        }
        return name.ToString();
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
            if (!byte.TryParse(folder.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var b)) return null;
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
