using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Granary.Engine.Analysis;
using Granary.Reporting.Runs;
using Granary.Storage.Files;

namespace Granary.Simulation.Validation;

/// <summary>A combination of strategy, parameters and trading rules that was run on a data set.</summary>
/// <param name="Combination">Hash of all of it; equal combinations are one trial however often they run.</param>
/// <param name="Costs">
/// Of the trading costs, which are no part of the combination: Sharpe ratios of one cost setting alone are compared with each other.
/// </param>
/// <param name="DailySharpe">Mean over deviation of its returns, scaled to a day; NaN where it never moved.</param>
/// <param name="Share">The part of an independent trial that it counts as, 0 to 1: similar combinations share.</param>
public readonly record struct Trial(UInt128 Combination, ulong Costs, double DailySharpe, double Share);

/// <summary>
/// Counts every combination that was ever run on a data set, over batches, processes and machines that share the folder: the best of many
/// can only be tested by who knows how many there were, and a batch alone does not know what was tried before it.
/// </summary>
/// <remarks>
/// One file for each data set, named by the hash of its bars: records of 40 bytes (16 of the combination, 8 each of its costs, its Sharpe
/// ratio and its share), only ever appended, by one process at a time. A record that a crash cut short is removed by the next run. Beside
/// it lies a sketch of the bars, by which a data set that begins a day later is recognised: trials on it count too.
/// </remarks>
/// <param name="folder">Made when it is first needed.</param>
/// <param name="timeout">How long to wait for another process that has a file; null = half a minute.</param>
/// <param name="clock">Waits; null = the system's.</param>
public sealed class TrialLedger(string folder, TimeSpan? timeout = null, TimeProvider? clock = null)
{
    private const int RecordSize = 40;
    private const string Extension = ".tried", SketchExtension = ".days";
    private readonly TimeSpan _timeout = timeout ?? TimeSpan.FromSeconds(30);
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;

    /// <summary>The environment variable that names another folder.</summary>
    public const string Variable = "GRANARY_TRIALS";

    /// <summary>
    /// The user's own: <c>GRANARY_TRIALS</c>, or granary/trials where the system keeps a user's data; without either runs/trials.
    /// </summary>
    public static TrialLedger OfUser()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } chosen) return new TrialLedger(chosen);
        var data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return new TrialLedger(data.Length > 0 ? Path.Combine(data, "granary", "trials") : Path.Combine("runs", "trials"));
    }

    public string Folder => folder;

    /// <summary>
    /// Adds what has been tried, and tells what has been tried in all. Where another process has a file it is waited for, and no thread
    /// waits with it.
    /// </summary>
    /// <param name="trials">By data set, as the hash of its bars.</param>
    /// <param name="sketches">Of the same data sets; one without a sketch has no relatives.</param>
    /// <exception cref="IOException">
    /// The folder cannot be written, or another process kept a file for half a minute; the message says which, and what to do.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public async Task<TrialCensus> RecordAsync(IEnumerable<KeyValuePair<string, IReadOnlyList<Trial>>> trials,
        IReadOnlyDictionary<string, BarSketch>? sketches = null, CancellationToken cancellationToken = default)
    {
        Directory.CreateDirectory(folder);
        var census = new Counting();
        var record = new byte[RecordSize];
        // In one order, so that two runs over the same data sets add the same numbers alike.
        foreach (var (dataSet, tried) in trials.OrderBy(t => t.Key, StringComparer.Ordinal))
        {
            var related = new List<Trial>();
            var sketch = sketches?.GetValueOrDefault(dataSet);
            if (sketch is not null)
            {
                foreach (var relative in await RelativesAsync(dataSet, sketch, cancellationToken))
                {
                    await using var other = await OpenAsync(Path.Combine(folder, relative + Extension), cancellationToken);
                    related.AddRange(Read(other));
                }
            }
            await using var file = await OpenAsync(Path.Combine(folder, dataSet + Extension), cancellationToken);
            // By now no other process writes the sketch of this data set.
            if (sketch is not null && !File.Exists(SketchPath(dataSet))) AtomicFile.Write(SketchPath(dataSet), sketch.ToBytes());
            var known = Read(file);
            var added = new MemoryStream();
            census.Add(known, related, tried, trial =>
            {
                BinaryPrimitives.WriteUInt128LittleEndian(record, trial.Combination);
                BinaryPrimitives.WriteUInt64LittleEndian(record.AsSpan(16), trial.Costs);
                BinaryPrimitives.WriteDoubleLittleEndian(record.AsSpan(24), trial.DailySharpe);
                BinaryPrimitives.WriteDoubleLittleEndian(record.AsSpan(32), trial.Share);
                added.Write(record);
            });
            if (added.Length == 0) continue;
            file.Write(added.GetBuffer().AsSpan(0, (int)added.Length));
            file.Flush(flushToDisk: true);
        }
        return census.Finish();
    }

    /// <summary>How many combinations have been run on a data set.</summary>
    public long Count(string dataSet)
    {
        var path = Path.Combine(folder, dataSet + Extension);
        return File.Exists(path) ? Parse(File.ReadAllBytes(path)).DistinctBy(t => t.Combination).LongCount() : 0;
    }

    /// <summary>What a run tried where there is no ledger.</summary>
    public static TrialCensus Alone(IEnumerable<KeyValuePair<string, IReadOnlyList<Trial>>> trials)
    {
        var census = new Counting();
        foreach (var (_, tried) in trials.OrderBy(t => t.Key, StringComparer.Ordinal)) census.Add([], [], tried, _ => { });
        return census.Finish();
    }

    // Adds up data set by data set.
    private sealed class Counting
    {
        private long _all, _fresh;
        private double _effective, _own;
        private Moments _sharpes;

        /// <summary>Counts what is known of a data set and what a run tried on it; passes on each record that is not there yet.</summary>
        /// <param name="known">In the data set's own file.</param>
        /// <param name="related">In the files of data sets with mostly the same bars.</param>
        public void Add(List<Trial> known, List<Trial> related, IReadOnlyList<Trial> tried, Action<Trial> append)
        {
            var shares = new Dictionary<UInt128, double>(known.Count + related.Count);
            var sharpes = new Dictionary<(UInt128 Combination, ulong Costs), double>();
            var written = known.Select(t => (t.Combination, t.Costs)).ToHashSet();
            foreach (var trial in known.Concat(related))
            {
                shares.TryAdd(trial.Combination, trial.Share);
                sharpes.TryAdd((trial.Combination, trial.Costs), trial.DailySharpe);
            }
            foreach (var trial in tried)
            {
                if (shares.TryAdd(trial.Combination, trial.Share)) _fresh++;
                sharpes.TryAdd((trial.Combination, trial.Costs), trial.DailySharpe);
                if (written.Add((trial.Combination, trial.Costs))) append(trial);
                _own += trial.Share;
            }
            _all += shares.Count;
            foreach (var (_, share) in shares.OrderBy(s => s.Key)) _effective += share;
            var costs = tried.Select(t => t.Costs).ToHashSet();
            foreach (var ((_, cost), sharpe) in sharpes.OrderBy(s => s.Key))
                if (double.IsFinite(sharpe) && costs.Contains(cost))
                    _sharpes.Add(sharpe);
        }

        public TrialCensus Finish() => new(_all, _fresh, Math.Max(_effective, _own), _own,
            new TrialSharpes(_sharpes.Count, _sharpes.Mean, _sharpes.SampleVariance));
    }

    private string SketchPath(string dataSet) => Path.Combine(folder, dataSet + SketchExtension);

    // The data sets with mostly the same bars.
    private async Task<List<string>> RelativesAsync(string dataSet, BarSketch sketch, CancellationToken cancellationToken)
    {
        var relatives = new List<string>();
        foreach (var path in Directory.EnumerateFiles(folder, "*" + SketchExtension).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileNameWithoutExtension(path);
            if (name != dataSet && sketch.Similarity(BarSketch.FromBytes(await File.ReadAllBytesAsync(path,
                cancellationToken))) >= BarSketch.Same) relatives.Add(name);
        }
        return relatives;
    }

    // One process at a time has the file open; the others wait for their turn.
    private async Task<FileStream> OpenAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await ExclusiveFile.OpenAsync(path, _timeout, cancellationToken, _clock);
        }
        catch (IOException e) when (ExclusiveFile.IsInUse(e, path))
        {
            throw new IOException(FormattableString.Invariant(
                $"another process has kept the trial ledger's {path} for {_timeout.TotalSeconds:0.#} seconds; run the batch again when it ")
                    + FormattableString.Invariant($"has ended, or name another folder by {Variable}"), e);
        }
    }

    private static List<Trial> Read(FileStream file)
    {
        var whole = file.Length / RecordSize * RecordSize;
        if (file.Length != whole) file.SetLength(whole);
        var bytes = new byte[whole];
        file.ReadExactly(bytes);
        return Parse(bytes);
    }

    private static List<Trial> Parse(byte[] bytes)
    {
        var trials = new List<Trial>(bytes.Length / RecordSize);
        for (var at = 0; at + RecordSize <= bytes.Length; at += RecordSize)
            trials.Add(new Trial(BinaryPrimitives.ReadUInt128LittleEndian(bytes.AsSpan(at)),
                BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at + 16)),
                BinaryPrimitives.ReadDoubleLittleEndian(bytes.AsSpan(at + 24)),
                BinaryPrimitives.ReadDoubleLittleEndian(bytes.AsSpan(at + 32))));
        return trials;
    }

    /// <summary>The hash of a combination's canonical text.</summary>
    public static UInt128 HashOf(string text) => BinaryPrimitives.ReadUInt128LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
