using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Granary.Engine.Analysis;
using Granary.Reporting.Runs;
using Granary.Storage.Files;

namespace Granary.Simulation.Validation;

/// <summary>A combination of strategy, parameters and configuration that was run on a data set.</summary>
/// <param name="Combination">Hash of the combination. Repeated runs of a combination are one trial.</param>
/// <param name="Costs">
/// Hash of the trading costs, which are not part of the combination. Only Sharpe ratios with the same costs are compared.
/// </param>
/// <param name="Idea">Hash of the strategy class: its trials on other markets count too.</param>
/// <param name="DailySharpe">Mean over standard deviation of its returns, scaled to one day; NaN if they are constant.</param>
/// <param name="Share">Fraction of an independent trial, 0 to 1: similar combinations share one trial.</param>
internal readonly record struct Trial(UInt128 Combination, ulong Costs, ulong Idea, double DailySharpe, double Share)
{
    /// <summary>Returns the Sharpe ratio of an equity, scaled to one day.</summary>
    public static double DailySharpeOf(EquityTrace trace) =>
        TraceSharpe.Of(trace).Sharpe * Math.Sqrt(TimeSpan.TicksPerDay / (double)trace.PeriodTicks);
}

/// <summary>
/// Counts all combinations and portfolios ever run on a data set, over all batches, processes and machines that share the folder. A test of
/// the best result needs the number of all trials, and a single batch does not know the earlier ones.
/// </summary>
/// <remarks>
/// Two files per data set, named by the hash of its bars: combinations in records of 48 bytes (16 for the combination, and 8 each for
/// costs, idea, Sharpe ratio and share), and <see cref="PortfolioTrial"/> records. Records are only appended, by one process at a time. The
/// next run removes a record that a crash cut short, and skips one that a power cut left incomplete. A sketch of the bars next to them
/// identifies data sets that share days, whose trials count too. It also identifies data sets of the same time, whose trials of the same
/// strategy classes count: one batch over twenty markets and twenty batches over one have the same number of trials.
/// </remarks>
/// <param name="folder">Created when it is first needed.</param>
/// <param name="timeout">Maximum wait for another process that has a file open; null = 30 seconds.</param>
/// <param name="clock">Clock for the wait and for the time of records; null = the system clock.</param>
/// <param name="disk">The disk of the folder; null = the operating system's.</param>
internal sealed class TrialLedger(string folder, TimeSpan? timeout = null, TimeProvider? clock = null, Disk? disk = null)
{
    private const int RecordSize = 48;
    private const string Extension = ".trials", PortfolioExtension = ".portfolios", SketchExtension = ".sketch";
    private readonly TimeSpan _timeout = timeout ?? TimeSpan.FromSeconds(30);
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private readonly Disk _disk = disk ?? Disk.Real;

    /// <summary>Environment variable that names another folder, or <c>none</c>.</summary>
    public const string Variable = "GRANARY_TRIALS";

    /// <summary>Keeps nothing: a run counts its own trials alone, and its evidence says so.</summary>
    public static TrialLedger None { get; } = new("");

    /// <summary>
    /// Returns the user's ledger: in <c>GRANARY_TRIALS</c> (<c>none</c> is <see cref="None"/>), or in granary/trials in the system's folder
    /// for user data, or else in runs/trials.
    /// </summary>
    public static TrialLedger OfUser()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } chosen)
            return chosen == "none" ? None : new TrialLedger(chosen);
        var data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return new TrialLedger(data.Length > 0 ? Path.Combine(data, "granary", "trials") : Path.Combine("runs", "trials"));
    }

    public string Folder => folder;

    /// <summary>Whether it keeps nothing.</summary>
    public bool IsNone => ReferenceEquals(this, None);

    /// <summary>
    /// Adds a run's trials and returns the counts of all trials. If another process has a file open, waits for it without blocking a
    /// thread.
    /// </summary>
    /// <param name="trials">Trials by data set, which is the hash of its bars.</param>
    /// <param name="sketches">Sketches of the same data sets; a data set without one is not compared with others.</param>
    /// <param name="portfolio">The run's portfolio; null if it has none.</param>
    /// <exception cref="IOException">
    /// The folder cannot be written, or another process kept a file open for 30 seconds; the message gives the reason and the remedy.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">The process may not write to the folder.</exception>
    public async Task<TrialCensus> RecordAsync(IEnumerable<KeyValuePair<string, IReadOnlyList<Trial>>> trials,
        IReadOnlyDictionary<string, BarSketch>? sketches = null, TriedPortfolio? portfolio = null,
        CancellationToken cancellationToken = default)
    {
        if (IsNone) return Alone(trials);
        _disk.CreateFolder(folder);
        var census = new Counting();
        // A fixed order makes floating-point sums identical in all runs over the same data sets.
        List<KeyValuePair<string, IReadOnlyList<Trial>>> ordered = [.. trials.OrderBy(t => t.Key, StringComparer.Ordinal)];
        var known = Sketches();
        // Those of the run count by themselves, whether or not an earlier run had them.
        var others = new Others(known.FindAll(s => ordered.TrueForAll(t => t.Key != s.Name)));
        foreach (var (dataSet, tried) in ordered)
        {
            var related = new List<Trial>();
            if (sketches?.GetValueOrDefault(dataSet) is { } sketch)
                foreach (var relative in others.RelativesOf(dataSet, sketch))
                    related.AddRange(await TrialsAsync(relative, cancellationToken));
            await using var file = await OpenAsync(PathOf(dataSet, Extension), cancellationToken);
            Keep(dataSet, sketches?.GetValueOrDefault(dataSet));
            var added = new MemoryStream();
            census.Add(Parse(Read(file, RecordSize)), related, tried, trial => added.Write(Bytes(trial)));
            Append(file, PathOf(dataSet, Extension), added.GetBuffer().AsSpan(0, (int)added.Length));
        }
        foreach (var (sibling, market) in others.Siblings)
            census.AddSiblings(market, await TrialsAsync(sibling, cancellationToken));
        var counted = census.Finish(portfolio?.Members ?? []);
        return portfolio is null ? counted : await WithPortfolioAsync(counted, portfolio, new Others(known), cancellationToken);
    }

    // The portfolios on the same days, of which this is one.
    private async Task<TrialCensus> WithPortfolioAsync(TrialCensus census, TriedPortfolio portfolio, Others others,
        CancellationToken cancellationToken)
    {
        var earlier = new List<PortfolioTrial>();
        foreach (var relative in others.RelativesOf(portfolio.DataSet, portfolio.Sketch))
        {
            await using var other = await OpenAsync(PathOf(relative, PortfolioExtension), cancellationToken);
            earlier.AddRange(PortfolioTrial.Parse(Read(other, PortfolioTrial.Size)));
        }
        await using var file = await OpenAsync(PathOf(portfolio.DataSet, PortfolioExtension), cancellationToken);
        Keep(portfolio.DataSet, portfolio.Sketch);
        earlier.AddRange(PortfolioTrial.Parse(Read(file, PortfolioTrial.Size)));
        var trial = portfolio.At(_clock.GetUtcNow().UtcTicks);
        Append(file, PathOf(portfolio.DataSet, PortfolioExtension), earlier.Exists(trial.IsSame) ? [] : trial.ToBytes());
        return PortfolioTrial.Count(census, earlier, trial, portfolio.ChosenBefore);
    }

    private void Append(DiskFile file, string path, ReadOnlySpan<byte> added) => ExclusiveFile.Append(file, path, added, _disk.Files);

    private static byte[] Bytes(Trial trial)
    {
        var record = new byte[RecordSize];
        BinaryPrimitives.WriteUInt128LittleEndian(record, trial.Combination);
        BinaryPrimitives.WriteUInt64LittleEndian(record.AsSpan(16), trial.Costs);
        BinaryPrimitives.WriteUInt64LittleEndian(record.AsSpan(24), trial.Idea);
        BinaryPrimitives.WriteDoubleLittleEndian(record.AsSpan(32), trial.DailySharpe);
        BinaryPrimitives.WriteDoubleLittleEndian(record.AsSpan(40), trial.Share);
        return record;
    }

    // No other process can write the sketch of this data set now, because this one has its file open.
    private void Keep(string dataSet, BarSketch? sketch)
    {
        if (sketch is not null && !_disk.FileExists(SketchPath(dataSet)))
            AtomicFile.Write(SketchPath(dataSet), sketch.ToBytes(), files: _disk.Files);
    }

    /// <summary>Returns the number of distinct combinations that have been run on a data set.</summary>
    public long Count(string dataSet)
    {
        var path = PathOf(dataSet, Extension);
        return _disk.FileExists(path) ? Parse(_disk.ReadAllBytes(path)).DistinctBy(t => t.Combination).LongCount() : 0;
    }

    /// <summary>
    /// Adds a run's trials to a ledger and returns the counts of all trials. If that fails, returns this run's trials alone.
    /// </summary>
    /// <param name="trials">Trials by data set, which is the hash of its bars.</param>
    /// <param name="portfolio">The run's portfolio; null if it has none.</param>
    public static async Task<TrialCensus> CountAsync(TrialLedger ledger, IEnumerable<KeyValuePair<string, IReadOnlyList<Trial>>> trials,
        IReadOnlyDictionary<string, BarSketch>? sketches = null, TriedPortfolio? portfolio = null,
        CancellationToken cancellationToken = default)
    {
        try
        {
            return await ledger.RecordAsync(trials, sketches, portfolio, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Alone(trials) with { Fault = e.Message.TrimEnd('.') };
        }
    }

    /// <summary>Counts the trials of a run without a ledger.</summary>
    public static TrialCensus Alone(IEnumerable<KeyValuePair<string, IReadOnlyList<Trial>>> trials)
    {
        var census = new Counting();
        foreach (var (_, tried) in trials.OrderBy(t => t.Key, StringComparer.Ordinal)) census.Add([], [], tried, _ => { });
        return census.Finish([]) with { IsAlone = true };
    }

    // Accumulates counts, one data set at a time.
    private sealed class Counting
    {
        private readonly HashSet<ulong> _ideas = [];
        private readonly HashSet<(ulong Market, UInt128 Combination)> _siblings = [];
        private readonly TrialRanks _ranks = new();
        private long _all, _fresh, _others;
        private double _effective, _own;
        private Moments _sharpes;

        /// <summary>Counts the known trials of a data set and of a run, and calls <c>append</c> for each new record.</summary>
        /// <param name="known">Trials in the data set's own file.</param>
        /// <param name="related">Trials in the files of data sets with mostly the same bars.</param>
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
                _ideas.Add(trial.Idea);
            }
            _all += shares.Count;
            _others += shares.Count - tried.Select(t => t.Combination).Distinct().Count();
            foreach (var (_, share) in shares.OrderBy(s => s.Key)) _effective += share;
            var costs = tried.Select(t => t.Costs).ToHashSet();
            foreach (var ((_, cost), sharpe) in sharpes.OrderBy(s => s.Key))
                if (double.IsFinite(sharpe) && costs.Contains(cost))
                    _sharpes.Add(sharpe);
            // Of a combination at several costs, its result at the costs of the run.
            foreach (var results in sharpes.GroupBy(s => s.Key.Combination))
                _ranks.Add(results.OrderBy(s => s.Key.Costs).MaxBy(s => costs.Contains(s.Key.Costs)).Value);
        }

        /// <summary>Counts the trials of the same strategy classes on another market, once over data sets of this market.</summary>
        public void AddSiblings(ulong market, List<Trial> tried)
        {
            foreach (var trial in tried)
                if (_ideas.Contains(trial.Idea) && _siblings.Add((market, trial.Combination)))
                {
                    _effective += trial.Share;
                    _others++;
                    _ranks.Add(trial.DailySharpe);
                }
        }

        public TrialCensus Finish(IReadOnlyList<TriedMember> members) => new(_all, _fresh, Math.Max(_effective, _own), _own,
            new TrialSharpes(_sharpes.Count, _sharpes.Mean, _sharpes.SampleVariance))
        {
            Siblings = _siblings.Count,
            Choice = _others > 0 ? _ranks.LuckOf(members, Math.Max(_effective, _own)) : 0,
        };
    }

    // The other data sets of the ledger, by name.
    private sealed class Others(List<(string Name, BarSketch Sketch)> all)
    {
        private readonly HashSet<string> _counted = new(StringComparer.Ordinal);
        private readonly List<BarSketch> _own = [];

        /// <summary>Returns the data sets that share most days of one of the run.</summary>
        public List<string> RelativesOf(string dataSet, BarSketch sketch)
        {
            _own.Add(sketch);
            List<string> relatives = [.. all.Where(o => o.Name != dataSet && sketch.Containment(o.Sketch) >= BarSketch.Same)
                .Select(o => o.Name)];
            _counted.Add(dataSet);
            _counted.UnionWith(relatives);
            return relatives;
        }

        /// <summary>The data sets of the same time that are no relatives, with their markets.</summary>
        public IEnumerable<(string Name, ulong Market)> Siblings =>
            all.Where(o => !_counted.Contains(o.Name) && _own.Exists(o.Sketch.IsOfTheTime)).Select(o => (o.Name, o.Sketch.Market));
    }

    private string PathOf(string dataSet, string extension) => Path.Combine(folder, dataSet + extension);

    private async Task<List<Trial>> TrialsAsync(string dataSet, CancellationToken cancellationToken)
    {
        await using var file = await OpenAsync(PathOf(dataSet, Extension), cancellationToken);
        return Parse(Read(file, RecordSize));
    }

    private string SketchPath(string dataSet) => PathOf(dataSet, SketchExtension);

    private List<(string Name, BarSketch Sketch)> Sketches()
    {
        var sketches = new List<(string Name, BarSketch Sketch)>();
        foreach (var path in _disk.FilesIn(folder, "*" + SketchExtension))
            sketches.Add((Path.GetFileNameWithoutExtension(path), BarSketch.FromBytes(_disk.ReadAllBytes(path))));
        return sketches;
    }

    // Only one process at a time has the file open; the others wait.
    private async Task<DiskFile> OpenAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await ExclusiveFile.OpenAsync(path, _timeout, cancellationToken, _clock, _disk.Files);
        }
        catch (IOException e) when (ExclusiveFile.IsInUse(e, path, _disk.Files))
        {
            throw new IOException(FormattableString.Invariant(
                $"another process has kept the trial ledger's {path} for {_timeout.TotalSeconds:0.#} seconds; run the batch again when it ")
                    + FormattableString.Invariant($"has ended, or name another folder by {Variable}"), e);
        }
    }

    private static byte[] Read(DiskFile file, int size)
    {
        var whole = file.Length / size * size;
        if (file.Length != whole) file.SetLength(whole);
        var bytes = new byte[whole];
        file.ReadExactly(bytes);
        return bytes;
    }

    private static List<Trial> Parse(byte[] bytes)
    {
        var trials = new List<Trial>(bytes.Length / RecordSize);
        for (var at = 0; at + RecordSize <= bytes.Length; at += RecordSize)
        {
            // A power cut leaves zeros where a sector was not written. Sectors divide records at multiples of 16 bytes.
            var record = bytes.AsSpan(at, RecordSize);
            if (record[..16].IndexOfAnyExcept((byte)0) < 0 || record[32..].IndexOfAnyExcept((byte)0) < 0) continue;
            trials.Add(new Trial(BinaryPrimitives.ReadUInt128LittleEndian(record),
                BinaryPrimitives.ReadUInt64LittleEndian(record[16..]),
                BinaryPrimitives.ReadUInt64LittleEndian(record[24..]),
                BinaryPrimitives.ReadDoubleLittleEndian(record[32..]),
                BinaryPrimitives.ReadDoubleLittleEndian(record[40..])));
        }
        return trials;
    }

    /// <summary>Returns the hash of a combination's canonical text.</summary>
    public static UInt128 HashOf(string text) => BinaryPrimitives.ReadUInt128LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
