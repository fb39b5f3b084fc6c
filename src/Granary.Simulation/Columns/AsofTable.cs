using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Granary.Data.Tables;
using Granary.Engine.Market;

namespace Granary.Simulation.Columns;

/// <summary>The rows of a slower series, by symbol and column, in the order in which they become known.</summary>
internal sealed class AsofTable
{
    // Rows of all symbols where the file has no symbols.
    private const string All = "";

    private readonly AsofKeys _keys;
    private readonly Dictionary<string, List<AsofRow>[]> _rows = new(StringComparer.Ordinal);

    private AsofTable(AsofKeys keys, bool hasSymbols) => (_keys, HasSymbols) = (keys, hasSymbols);

    /// <summary>Whether each row is for one symbol.</summary>
    public bool HasSymbols { get; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="BarDataException">The file is missing, or a row is invalid; one sentence.</exception>
    /// <exception cref="BarStoreException">The disk failed.</exception>
    public static AsofTable Read(AsofKeys keys, TableFormatCatalogue? formats)
    {
        using var reader = AsofReader.Open(keys, formats);
        var table = new AsofTable(keys, reader.HasSymbols);
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

    /// <summary>A sentence that says for which symbol there are no rows; null if there are some.</summary>
    public string? Missing(string symbol) => Enumerable.Range(0, _keys.Columns.Count).Any(c => Of(symbol, c).Count > 0) ? null
        : string.Create(CultureInfo.InvariantCulture,
            $"{_keys.File.Written} has no rows of {symbol}, whose columns {string.Join(", ", _keys.Names)} have no values");
}
