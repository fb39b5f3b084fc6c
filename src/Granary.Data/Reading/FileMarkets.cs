using Granary.Data.Files;
using Granary.Engine.Market;

namespace Granary.Data.Reading;

/// <summary>Layout of a file and the markets in it.</summary>
/// <param name="Symbols">In order; empty where the file holds one market, which its name gives.</param>
internal sealed record FileMarkets(BarFileLayout Layout, IReadOnlyList<string> Symbols)
{
    /// <summary>The only symbol in a column of symbols; null if there is no such column or there are several symbols.</summary>
    public string? Only { get; private init; }

    /// <summary>Detects the layout and the symbols of a file.</summary>
    /// <exception cref="BarDataException">The format is unknown, or the file cannot be read.</exception>
    public static FileMarkets In(TextFile file, IBarFormats formats, BarFileOptions options)
    {
        var layout = formats.Layout(file, options);
        var symbols = layout.SymbolsIn(file);
        return new FileMarkets(layout, symbols.Count > 1 ? symbols : []) { Only = symbols is [var one] ? one : null };
    }

    /// <summary>Returns the layout for the bars of one market.</summary>
    /// <param name="file">As messages call it.</param>
    /// <exception cref="BarDataException">The file holds several, and this is none of them.</exception>
    public BarFileLayout Of(string symbol, string file)
    {
        if (Symbols.Count == 0) return Layout;
        // Exact match first: vendors write tickers in lower case, people in upper case.
        var own = Symbols.FirstOrDefault(s => s == symbol)
            ?? (Symbols.Where(s => string.Equals(s, symbol, StringComparison.OrdinalIgnoreCase)).ToList() is [var match] ? match : null);
        if (own is null)
            throw BarDataException.At(file, null, "symbol", $"the file holds {Symbols.Count} symbols ({string.Join(", ", Symbols.Take(5))}"
                + $"{(Symbols.Count > 5 ? ", …" : "")}) and none is '{symbol}'",
                Spelling.Nearest(symbol, Symbols) is { } near ? $"did you mean {near}?"
                    : "name one of them, or give --columns \"symbol=\" if the rows are of one market");
        var layout = Layout.Of(own);
        return layout with { Notes = [.. layout.Notes, $"the file holds {Symbols.Count} symbols, of which {own} was read"] };
    }
}
