using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Market;
using Granary.Reporting.Runs;
using Granary.Simulation.Json;
using Granary.Simulation.Passes;

namespace Granary.Simulation.RunFolders;

/// <summary>The disk refused.</summary>
public sealed class DiskException(string message, Exception inner) : Exception(message, inner)
{
    /// <summary>What had finished is kept, and the run can be resumed.</summary>
    public bool IsResumable { get; init; }
}

/// <summary>
/// A run's folder while the run is under way: what has finished is kept in it, so that an interrupted run can be read and resumed.
/// </summary>
public sealed class RunFolder : IDisposable
{
    /// <summary>The file in which a live session keeps its account beside its portfolio.</summary>
    public const string AccountGap = "account_gap.csv";

    /// <summary>The file in which a live session keeps its comparison with a backtest of its bars.</summary>
    public const string AgainstBacktest = "against_backtest.json";

    /// <summary>Begins the names of files with the trades of a walk-forward under stress.</summary>
    public const string Stressed = "stressed_";

    private readonly JsonSerializerOptions _json;
    private readonly string _progress;
    private StreamWriter? _log;

    private sealed record Header(string Key);

    private sealed record Line(IReadOnlyList<StrategyOutcome> Outcomes);

    private RunFolder(string path, MetricCatalogue metrics, long attempt)
    {
        _json = new JsonSerializerOptions
        {
            NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            Converters = { new UInt128Converter(), new DoublesConverter(), new MetricSetConverter(metrics) },
        };
        FullPath = path;
        _progress = Path.Combine(path, ProgressFolder.NameOf(attempt));
    }

    // What a run writes. Journals and control folders of live sessions are not among it: an account's history is never deleted.
    private static readonly string[] _files =
    [
        "results.json", "trades.csv", "signals.csv", "factors.csv", "portfolio_trades.csv", "portfolio_fills.csv",
        "trades_by_model.csv", "conditions.csv",
        "predictions.csv", "equity.csv", "weights.csv", "prod.json", "report.html", Stressed + "trades.csv",
            Stressed + "portfolio_trades.csv", Stressed + "portfolio_fills.csv",
        "learning.json", "model_log.csv", "model_decisions.csv", "model_challengers.csv", "models.zip", "windows.csv", "compare.html",
        "account_trades.csv", AccountGap, AgainstBacktest,
        "orders.csv", "account.json", "manifest.json",
    ];

    public string FullPath { get; }

    public string Name => Path.GetFileName(FullPath);

    /// <summary>Whether it was made for this run.</summary>
    public bool IsNew { get; private init; }

    /// <summary>What the folder held before, where a run that is not resumed takes its place; null for nothing.</summary>
    public RunNote? Replaced { get; private init; }

    /// <summary>Takes a new folder away again.</summary>
    public void Discard()
    {
        Dispose();
        Directory.Delete(FullPath, recursive: true);
    }

    /// <summary>What earlier, interrupted attempts had finished, by strategy index.</summary>
    public Dictionary<int, StrategyOutcome> Finished { get; } = [];

    /// <summary>An earlier attempt at the same batch over the same bars is resumed.</summary>
    public bool Resumed { get; private set; }

    /// <summary>Opens the folder for a run.</summary>
    /// <param name="path">
    /// null = <c>runs/NAME-UTC</c> below the working directory; with <paramref name="resume"/> the newest interrupted one of that name.
    /// </param>
    /// <param name="metrics">Those of the strategies that an interrupted run had finished.</param>
    /// <param name="attempt">
    /// Number of this attempt where an earlier one may still write, as on a silo that hangs: it exceeds that of each earlier attempt, and
    /// what those had finished is copied. 0 = there is one at a time.
    /// </param>
    /// <exception cref="InputException">There is nothing to resume.</exception>
    /// <exception cref="DiskException">The folder cannot be written.</exception>
    public static RunFolder Open(string? path, string name, bool resume, DateTime now, MetricCatalogue metrics, long attempt = 0)
    {
        if (path is null && resume)
        {
            path = Directory.Exists("runs")
                ? Directory.EnumerateDirectories("runs", name + "-*").Where(d => Directory.Exists(Path.Combine(d, ".progress")))
                    .Order(StringComparer.Ordinal).LastOrDefault()
                : null;
            if (path is null) throw new InputException($"there is no interrupted run of "
                + $"'{name}' under runs/; start it without --resume, or name its folder with --out");
        }
        path ??= Path.Combine("runs", name + "-" + now.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture));
        var folder = new RunFolder(Path.GetFullPath(path), metrics, attempt)
        {
            IsNew = !Directory.Exists(path),
            Replaced = resume ? null : ReplacedBy(path)
        };
        try
        {
            if (attempt > 0) ProgressFolder.TakeOver(folder.FullPath, attempt, resume);
            Directory.CreateDirectory(folder._progress);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DiskException($"the run's folder {folder.FullPath} cannot be "
                + $"made: {e.Message.TrimEnd('.')}; make room, or correct its rights", e);
        }
        return folder;
    }

    private static RunNote? ReplacedBy(string path)
    {
        var manifest = Path.Combine(path, "manifest.json");
        if (!File.Exists(manifest)) return null;
        string which;
        try
        {
            var before = RunManifest.Read(path);
            which = $"of '{before.Batch}' with the digest {before.Digest[..Math.Min(12, before.Digest.Length)]}";
        }
        catch (InputException)
        {
            which = "whose manifest.json cannot be read";
        }
        return new RunNote(NoteCode.Output, $"This run took the place of another one in {Path.GetFullPath(path)}: the run {which} is gone. "
            + "Give another --out, or none, to keep both.");
    }

    /// <summary>Does the work of a run in this folder.</summary>
    /// <param name="resumable">Whether the run can be resumed; if not, a new folder goes again when it is cancelled.</param>
    /// <exception cref="InputException">The batch is wrong; a new folder in which nothing had finished is gone again.</exception>
    /// <exception cref="BarDataException">The bars are wrong; likewise.</exception>
    /// <exception cref="DiskException">The folder cannot be written.</exception>
    public async Task<T> WorkAsync<T>(Func<Task<T>> work, bool resumable = true)
    {
        try
        {
            return await work();
        }
        catch (Exception e) when (IsNew && Finished.Count == 0
            && (e is BarDataException or InputException || e is OperationCanceledException && !resumable))
        {
            Discard();
            throw;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DiskException($"the run's folder {FullPath} cannot be written: {e.Message.TrimEnd('.')}"
                + (resumable ? "; what had finished is kept, and the run can be resumed" : ""), e)
            {
                IsResumable = resumable,
            };
        }
    }

    /// <summary>Starts the log of finished strategies, or goes on with it where it is of the same batch over the same bars.</summary>
    /// <param name="key">Hash of all that the results depend on.</param>
    /// <exception cref="InputException">The folder holds another run.</exception>
    public void Begin(string key, bool resume)
    {
        var path = Path.Combine(_progress, ProgressFolder.Finished);
        if (resume && File.Exists(path))
        {
            var lines = File.ReadAllLines(path);
            if (lines.Length > 0)
            {
                if (JsonSerializer.Deserialize<Header>(lines[0], _json)?.Key != key)
                    throw new InputException($"{FullPath} holds a run of another batch or of other bars, which cannot be resumed with this "
                        + $"one; run without --resume, or into another folder");
                var whole = 1;
                for (; whole < lines.Length; whole++)
                {
                    // The last line may have been cut off by whatever ended the run.
                    try
                    {
                        foreach (var outcome in JsonSerializer.Deserialize<Line>(lines[whole], _json)!.Outcomes)
                            Finished[outcome.Index] = outcome;
                    }
                    catch (JsonException)
                    {
                        break;
                    }
                }
                File.WriteAllLines(path, lines[..whole]);
                Resumed = true;
                _log = new StreamWriter(path, append: true, new UTF8Encoding(false));
                return;
            }
        }
        Finished.Clear();
        _log = new StreamWriter(path, append: false, new UTF8Encoding(false));
        _log.WriteLine(JsonSerializer.Serialize(new Header(key), _json));
        _log.Flush();
    }

    /// <summary>
    /// Removes the files of the run that this one replaces, so that no folder mixes two runs. Journals of live sessions stay.
    /// </summary>
    public void RemoveReplaced()
    {
        if (Replaced is null || Resumed) return;
        foreach (var file in _files) File.Delete(PathOf(file));
        if (Directory.Exists(PathOf("trades"))) Directory.Delete(PathOf("trades"), recursive: true);
    }

    /// <summary>Keeps what has finished.</summary>
    public void Keep(IReadOnlyList<StrategyOutcome> outcomes)
    {
        foreach (var outcome in outcomes) Finished[outcome.Index] = outcome;
        _log!.WriteLine(JsonSerializer.Serialize(new Line(outcomes), _json));
        _log.Flush();
    }

    public string Temporary(string name) => Path.Combine(_progress, name);

    public string PathOf(string name) => Path.Combine(FullPath, name);

    /// <summary>The run is complete: what was only for resuming goes.</summary>
    public void Complete()
    {
        _log?.Dispose();
        _log = null;
        ProgressFolder.Delete(_progress);
    }

    public void Dispose()
    {
        _log?.Dispose();
        _log = null;
    }

    /// <summary>SHA-256 of texts, lower-case hex.</summary>
    public static string HashOf(params IEnumerable<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(part));
            hash.AppendData([0]);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    // Long columns of numbers as the bytes that they are: a trace has hundreds.
    private sealed class DoublesConverter : JsonConverter<double[]>
    {
        public override double[] Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            System.Runtime.InteropServices.MemoryMarshal.Cast<byte, double>(reader.GetBytesFromBase64()).ToArray();

        public override void Write(Utf8JsonWriter writer, double[] value, JsonSerializerOptions options) =>
            writer.WriteBase64StringValue(System.Runtime.InteropServices.MemoryMarshal.AsBytes(value.AsSpan()));
    }

    private sealed class UInt128Converter : JsonConverter<UInt128>
    {
        public override UInt128 Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            UInt128.Parse(reader.GetString()!, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

        public override void Write(Utf8JsonWriter writer, UInt128 value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString("x32", CultureInfo.InvariantCulture));
    }
}
