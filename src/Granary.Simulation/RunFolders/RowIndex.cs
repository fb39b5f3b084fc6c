using System.Text;
using Granary.Reporting.Runs;

namespace Granary.Simulation.RunFolders;

/// <summary>The places of each strategy's rows in a CSV file whose first column is the strategy.</summary>
internal sealed class RowIndex
{
    private readonly Dictionary<string, List<(long From, long End)>> _places = new(StringComparer.Ordinal);

    private RowIndex()
    {
    }

    /// <summary>The number of ranges of all strategies.</summary>
    internal int Ranges { get; private set; }

    /// <summary>The end of the header line, in bytes.</summary>
    internal long Header { get; private set; }

    /// <summary>Returns the byte ranges with the rows of a strategy, in the order of the file.</summary>
    internal IReadOnlyList<(long From, long End)> Of(string strategy) => _places.TryGetValue(strategy, out var places) ? places : [];

    /// <summary>Reads a file once.</summary>
    internal static RowIndex Read(string path)
    {
        var (index, last, places) = (new RowIndex(), Array.Empty<byte>(), new List<(long From, long End)>());
        using var file = File.OpenRead(path);
        CsvLines.Read(file, Take);
        return index;

        void Take(ReadOnlySpan<byte> line, long from, long end)
        {
            if (from == 0)
            {
                index.Header = end;
                return;
            }
            // Most rows are of the strategy of the row before, which is seen without a search for the end of the cell.
            if (places.Count > 0 && line.StartsWith(last) && line.Length > last.Length && line[last.Length] == ',')
            {
                places[^1] = (places[^1].From, end);
                return;
            }
            var cell = CsvLines.Cell(line, 0);
            last = cell.ToArray();
            // A run writes ids in quotes; the same id without them is the same strategy.
            var id = CsvText.Read(Encoding.UTF8.GetString(CsvLines.Unquoted(cell)));
            if (!index._places.TryGetValue(id, out var known)) index._places[id] = known = [];
            known.Add((from, end));
            (places, index.Ranges) = (known, index.Ranges + 1);
        }
    }
}
