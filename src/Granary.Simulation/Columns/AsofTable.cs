using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Granary.Data.Tables;
using Granary.Engine.Market;
using Granary.Simulation.Tables;

namespace Granary.Simulation.Columns;

/// <summary>The rows of a slower series, by symbol and column, in the order in which they become known.</summary>
internal sealed class AsofTable
{
    // Longer than holidays of a daily series.
    private const double MostSteps = 12;

    // Rows of all symbols where the file has no symbols.
    private const string All = "";

    private readonly AsofKeys _keys;
    private readonly Dictionary<string, List<AsofRow>[]> _rows = new(StringComparer.Ordinal);

    private AsofTable(AsofKeys keys, AsofShape shape) => (_keys, Shape) = (keys, shape);

    /// <summary>The columns and times by which the rows were read.</summary>
    public AsofShape Shape { get; }

    private bool HasSymbols => Shape.Symbol >= 0;

    /// <summary>Reads a file.</summary>
    /// <param name="shape">How its rows were read before; null to find it out.</param>
    /// <exception cref="BarDataException">The file is missing, or a row is invalid; one sentence.</exception>
    /// <exception cref="BarStoreException">The disk failed.</exception>
    public static AsofTable Read(AsofKeys keys, TableFormatCatalogue? formats, AsofShape? shape = null)
    {
        shape ??= AsofShape.Of(keys, formats);
        using var reader = AsofReader.Open(keys, shape, formats);
        var table = new AsofTable(keys, shape);
        while (reader.Next())
        {
            if (!table._rows.TryGetValue(reader.Symbol, out var columns))
                table._rows[reader.Symbol] = columns = [.. keys.Columns.Select(_ => new List<AsofRow>())];
            for (var c = 0; c < columns.Length; c++)
            {
                // A field without a value leaves the last value.
                if (reader.Number(c) is not { } value) continue;
                if (columns[c] is [.., var last] && reader.Stamp < last.Stamp) throw reader.Unsorted();
                columns[c].Add(new AsofRow(reader.Stamp, reader.Stamp + (keys.Delay?.Ticks ?? 0), value));
            }
        }
        return table;
    }

    /// <summary>The rows of a column for a symbol; empty if there are none.</summary>
    public IReadOnlyList<AsofRow> Of(string symbol, int column) =>
        _rows.TryGetValue(HasSymbols ? symbol : All, out var columns) ? columns[column] : [];

    /// <summary>SHA-256, lower-case hex, of the rows for a symbol: times at which they are known, and values.</summary>
    public string HashOf(string symbol)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var c = 0; c < _keys.Columns.Count; c++)
        {
            sha.AppendData(Encoding.UTF8.GetBytes(_keys.As + _keys.Columns[c] + "\n"));
            foreach (var row in Of(symbol, c))
            {
                sha.AppendData(BitConverter.GetBytes(row.Known));
                sha.AppendData(BitConverter.GetBytes(row.Value));
            }
        }
        return Convert.ToHexStringLower(sha.GetHashAndReset());
    }

    /// <summary>Notes for the reader of a result about the rows of a symbol, one sentence each.</summary>
    public IEnumerable<string> NotesOf(string symbol)
    {
        if (Shape.Note is { } note) yield return note;
        long[] stamps = [.. Of(symbol, 0).Select(r => r.Stamp)];
        if (TableHoles.IsRegular(stamps) && TableHoles.Of(stamps, MostSteps) is { Count: > 0 } holes)
            yield return $"{_keys.File.Written} {TableNotes.NoRows}{(HasSymbols ? $" of {symbol}" : "")} {TableHoles.Text(holes)}; the last "
                + "value before stays in use";
        if (Enumerable.Range(0, _keys.Columns.Count).Any(c => Of(symbol, c).Count > 0)) yield break;
        var others = _rows.Keys.Where(s => s != All).Order(StringComparer.Ordinal).Take(3).ToList();
        yield return string.Create(CultureInfo.InvariantCulture,
            $"{_keys.File.Written} {TableNotes.NoRows} of {symbol}, whose columns {string.Join(", ", _keys.Names)} have no values")
            + (others.Count > 0 ? $"; it has rows of {string.Join(", ", others)}{(_rows.Count > others.Count ? ", …" : "")}" : "");
    }
}
