using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Granary.Engine;
using Granary.Reporting.Runs;
using Granary.Reporting.Tables;
using Granary.Simulation.Batches;
using Granary.Simulation.Json;

namespace Granary.Simulation.RunFolders;

/// <summary>
/// A run's results.json in memory, with an index of its strategies. Each column that a list sorts or filters by is read once.
/// </summary>
internal sealed class RunResults
{
    // Estimated size with a text of 20 UTF-16 characters and the runtime's object header.
    private static readonly int CellSize = Unsafe.SizeOf<Cell>() + 24 + 2 * 20;

    private readonly byte[] _text;
    private readonly List<(string Name, Range Place)> _parts = [];
    private readonly List<Range> _strategies = [];
    private readonly ConcurrentDictionary<string, Cell[]> _columns = new(StringComparer.Ordinal);
    private readonly Lazy<IReadOnlyList<string>> _keys;
    private readonly Lazy<Dictionary<string, int>> _byId;

    /// <summary>Value of a strategy under a key.</summary>
    /// <param name="Text">Text as written, without quotes; null if the value is neither a text nor a number.</param>
    /// <param name="Number">NaN for texts.</param>
    internal readonly record struct Cell(string? Text, double Number, bool IsText);

    private RunResults(byte[] text)
    {
        _text = text;
        _keys = new(ReadKeys);
        _byId = new(() =>
        {
            var (ids, found) = (Column("id"), new Dictionary<string, int>(StringComparer.Ordinal));
            for (var i = 0; i < ids.Count; i++) found.TryAdd(ids[i].Text ?? "", i);
            return found;
        });
    }

    /// <summary>Number of strategies.</summary>
    public int Count => _strategies.Count;

    /// <summary>
    /// Approximate size in memory, in bytes: the file, the index of strategies, and the columns read so far. Each text counts as 20
    /// characters.
    /// </summary>
    internal long Size => _text.LongLength + (long)_strategies.Count * (Unsafe.SizeOf<Range>() + (long)_columns.Count * CellSize);

    /// <summary>Parts of the file other than the strategies: name, and JSON as written in UTF-8.</summary>
    public IEnumerable<(string Name, ReadOnlyMemory<byte> Json)> Parts => _parts.Select(p => (p.Name, Slice(p.Place)));

    /// <summary>Whether the run may be traded, by its validation checks.</summary>
    /// <exception cref="InputException">The findings of the checks cannot be read.</exception>
    public ValidationVerdict Verdict
    {
        get
        {
            ValidationChecks? checks = null;
            var interrupted = false;
            foreach (var (name, json) in Parts)
                if (name == ValidationChecks.Key)
                {
                    byte[] text = [.. "{\"evidence\":"u8, .. json.Span, (byte)'}'];
                    checks = ValidationReader.Read(JsonPart.Parse("results.json", text));
                }
                else if (name == "interrupted") interrupted = json.Span.SequenceEqual("true"u8);
            return ValidationVerdict.OfRun(checks, interrupted);
        }
    }

    /// <summary>Keys that lists can be sorted and filtered by: keys common to all strategies, and metrics.</summary>
    internal IReadOnlyList<string> Keys => _keys.Value;

    /// <param name="path">Path of results.json.</param>
    /// <exception cref="InputException">The file is damaged.</exception>
    public static RunResults Read(string path)
    {
        var results = new RunResults(File.ReadAllBytes(path));
        try
        {
            results.Index();
        }
        catch (JsonException e)
        {
            throw new InputException($"{path}: {e.Message.TrimEnd('.')}; rebuild the run with 'granary backtest'", e);
        }
        return results;
    }

    /// <summary>Returns the table of all strategies, in the run's order.</summary>
    /// <exception cref="InputException">The strategies cannot be read.</exception>
    public Table Strategies() => Strategies(Enumerable.Range(0, Count));

    /// <summary>Returns the table of some strategies by their index.</summary>
    internal Table Strategies(IEnumerable<int> indices) => StrategyTable.Of([.. indices.Select(Row)]);

    private StrategyOfRun Row(int index)
    {
        using var document = JsonDocument.Parse(Strategy(index));
        var strategy = document.RootElement;
        string Text(string key) => TextOf(key)
            ?? throw new InputException($"results.json, strategy {index + 1}: '{key}' is missing; rebuild the run with 'granary backtest'");
        string? TextOf(string key) => strategy.TryGetProperty(key, out var value) ? value.GetString() : null;
        return new StrategyOfRun(Text("id"), Text("class"), Text("symbol"), Text("timeframe"), Text("sides"),
            strategy.GetProperty("weight").GetDouble())
        {
            Model = TextOf("model"),
            Error = TextOf("error"),
            Metrics = !strategy.TryGetProperty("stats", out var stats) ? []
                : [.. stats.EnumerateObject()
                    .Select(p => (p.Name, p.Value.ValueKind == JsonValueKind.Number ? p.Value.GetDouble() : double.NaN))],
            Params = [.. strategy.GetProperty("params").EnumerateObject()
                .Select(p => (p.Name, p.Value.ValueKind == JsonValueKind.String ? p.Value.GetString()! : p.Value.GetRawText()))],
        };
    }

    /// <summary>Returns a strategy by its index in the run, as JSON in UTF-8.</summary>
    internal ReadOnlyMemory<byte> Strategy(int index) => Slice(_strategies[index]);

    /// <summary>Returns a strategy by its id, as JSON in UTF-8; empty if the run has no such strategy.</summary>
    public ReadOnlyMemory<byte> StrategyOf(string id) => _byId.Value.TryGetValue(id, out var index) ? Strategy(index) : default;

    /// <summary>
    /// Returns the values of all strategies under a key, in the run's order. A strategy's own key takes precedence over a metric.
    /// </summary>
    internal IReadOnlyList<Cell> Column(string key) => _columns.GetOrAdd(key, ReadColumn);

    private ReadOnlyMemory<byte> Slice(Range place) => _text.AsMemory(place);

    private void Index()
    {
        var reader = new Utf8JsonReader(_text);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (name != "strategies")
            {
                _parts.Add((name, Skip(ref reader)));
                continue;
            }
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) _strategies.Add(Skip(ref reader));
        }
    }

    private static Range Skip(ref Utf8JsonReader reader)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return start..(int)reader.BytesConsumed;
    }

    private Cell[] ReadColumn(string key)
    {
        var name = Encoding.UTF8.GetBytes(key);
        var cells = new Cell[_strategies.Count];
        for (var i = 0; i < cells.Length; i++) cells[i] = ReadCell(Strategy(i).Span, name);
        return cells;
    }

    private static Cell ReadCell(ReadOnlySpan<byte> strategy, ReadOnlySpan<byte> key)
    {
        var found = default(Cell);
        var reader = new Utf8JsonReader(strategy);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(key))
            {
                reader.Read();
                return CellOf(ref reader);
            }
            var isStatistics = reader.ValueTextEquals("stats"u8);
            reader.Read();
            if (isStatistics && reader.TokenType == JsonTokenType.StartObject) found = InStatistics(ref reader, key);
            else reader.Skip();
        }
        return found;
    }

    private static Cell InStatistics(ref Utf8JsonReader reader, ReadOnlySpan<byte> key)
    {
        var found = default(Cell);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isFound = reader.ValueTextEquals(key);
            reader.Read();
            if (isFound) found = CellOf(ref reader);
            reader.Skip();
        }
        return found;
    }

    private static Cell CellOf(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => new Cell(reader.GetString(), double.NaN, IsText: true),
        JsonTokenType.Number => new Cell(Encoding.UTF8.GetString(reader.ValueSpan), reader.GetDouble(), IsText: false),
        _ => default,
    };

    private List<string> ReadKeys()
    {
        var keys = new List<string>();
        for (var i = 0; i < Count; i++)
        {
            using var strategy = JsonDocument.Parse(Strategy(i));
            if (i == 0)
                keys.AddRange(strategy.RootElement.EnumerateObject()
                    .Where(p => p.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number).Select(p => p.Name));
            if (strategy.RootElement.GetProperty("stats") is not { ValueKind: JsonValueKind.Object } statistics) continue;
            keys.AddRange(statistics.EnumerateObject().Select(p => p.Name));
            break;
        }
        return keys;
    }
}
