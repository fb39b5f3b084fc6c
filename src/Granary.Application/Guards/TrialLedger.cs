using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Granary.Engine.Analysis;

namespace Granary.Application.Guards;

/// <summary>A combination of strategy, parameters and trading rules that was run on a data set.</summary>
/// <param name="Combination">Hash of all of it; equal combinations are one trial however often they run.</param>
/// <param name="DailySharpe">Mean over deviation of its returns, scaled to a day; NaN where it never moved.</param>
public readonly record struct Trial(UInt128 Combination, double DailySharpe);

/// <summary>All that was ever tried on the data sets of a run.</summary>
/// <param name="Trials">Different combinations, those of this run included.</param>
/// <param name="New">How many of them nobody had run before.</param>
/// <param name="Sharpes">Moments of their daily Sharpe ratios, of those that have one.</param>
public sealed record TrialCensus(long Trials, long New, Moments Sharpes);

/// <summary>
/// Counts every combination that was ever run on a data set, over batches, processes and machines that share the folder: whoever judges the best of
/// many has to know how many there were, and a batch of its own does not know what was tried before it.
/// </summary>
/// <remarks>
/// One file for each data set, named by the hash of its bars: records of 24 bytes (16 of the combination, 8 of its Sharpe ratio), only ever appended,
/// by one process at a time. A record that a crash cut short is cut off by whoever comes next.
/// </remarks>
/// <param name="folder">Made when it is first needed.</param>
/// <param name="patience">How long to wait for another process that has a file; null = half a minute.</param>
/// <param name="clock">Waits; null = the system's.</param>
public sealed class TrialLedger(string folder, TimeSpan? patience = null, TimeProvider? clock = null)
{
    private const int RecordSize = 24;
    private readonly TimeSpan _patience = patience ?? TimeSpan.FromSeconds(30);
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;

    /// <summary>The environment variable that names another folder.</summary>
    public const string Variable = "GRANARY_TRIALS";

    /// <summary>The user's own: <c>GRANARY_TRIALS</c>, or granary/trials where the system keeps a user's data; without either runs/trials.</summary>
    public static TrialLedger OfUser()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } chosen) return new TrialLedger(chosen);
        var data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return new TrialLedger(data.Length > 0 ? Path.Combine(data, "granary", "trials") : Path.Combine("runs", "trials"));
    }

    public string Folder => folder;

    /// <summary>Adds what has been tried, and tells what has been tried in all. Where another process has a file it is waited for, and no thread waits with it.</summary>
    /// <param name="trials">By data set, as the hash of its bars.</param>
    /// <exception cref="IOException">The folder cannot be written, or another process kept a file for half a minute; the message says which, and what to do.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public async Task<TrialCensus> RecordAsync(IEnumerable<KeyValuePair<string, IReadOnlyList<Trial>>> trials, CancellationToken cancellationToken = default)
    {
        Directory.CreateDirectory(folder);
        long all = 0, fresh = 0;
        var sharpes = new Moments();
        var record = new byte[RecordSize];
        // In one order, so that two runs over the same data sets add the same numbers alike.
        foreach (var (dataSet, tried) in trials.OrderBy(t => t.Key, StringComparer.Ordinal))
        {
            await using var file = await OpenAsync(Path.Combine(folder, dataSet + ".trials"), cancellationToken);
            var known = Read(file);
            var added = new MemoryStream();
            foreach (var trial in tried)
            {
                if (!known.TryAdd(trial.Combination, trial.DailySharpe)) continue;
                BinaryPrimitives.WriteUInt128LittleEndian(record, trial.Combination);
                BinaryPrimitives.WriteDoubleLittleEndian(record.AsSpan(16), trial.DailySharpe);
                added.Write(record);
                fresh++;
            }
            if (added.Length > 0)
            {
                file.Write(added.GetBuffer().AsSpan(0, (int)added.Length));
                file.Flush(flushToDisk: true);
            }
            all += known.Count;
            foreach (var (_, sharpe) in known.OrderBy(k => k.Key))
                if (double.IsFinite(sharpe))
                    sharpes.Add(sharpe);
        }
        return new TrialCensus(all, fresh, sharpes);
    }

    /// <summary>How many combinations have been run on a data set; 0 where nobody has.</summary>
    public long Count(string dataSet)
    {
        var file = new FileInfo(Path.Combine(folder, dataSet + ".trials"));
        return file.Exists ? file.Length / RecordSize : 0;
    }

    /// <summary>What a run tried where there is no ledger.</summary>
    public static TrialCensus Alone(IEnumerable<KeyValuePair<string, IReadOnlyList<Trial>>> trials)
    {
        var known = new Dictionary<(string, UInt128), double>();
        foreach (var (dataSet, tried) in trials)
            foreach (var trial in tried)
                known.TryAdd((dataSet, trial.Combination), trial.DailySharpe);
        var sharpes = new Moments();
        foreach (var (_, sharpe) in known.OrderBy(k => k.Key.Item1, StringComparer.Ordinal).ThenBy(k => k.Key.Item2))
            if (double.IsFinite(sharpe))
                sharpes.Add(sharpe);
        return new TrialCensus(known.Count, known.Count, sharpes);
    }

    // Whoever has the file open has it alone; the others wait for their turn.
    private async Task<FileStream> OpenAsync(string path, CancellationToken cancellationToken)
    {
        var started = _clock.GetTimestamp();
        for (var wait = 1; ; wait = Math.Min(wait * 2, 100))
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (File.Exists(path) && e is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException))
            {
                if (_clock.GetElapsedTime(started) >= _patience)
                    throw new IOException(FormattableString.Invariant(
                        $"another process has kept the trial ledger's {path} for {_patience.TotalSeconds:0.#} seconds; run the batch again when it has ended, or name another folder by {Variable}"), e);
            }
            await Task.Delay(TimeSpan.FromMilliseconds(wait), _clock, cancellationToken);
        }
    }

    private static Dictionary<UInt128, double> Read(FileStream file)
    {
        var whole = file.Length / RecordSize * RecordSize;
        if (file.Length != whole) file.SetLength(whole);
        var bytes = new byte[whole];
        file.ReadExactly(bytes);
        var known = new Dictionary<UInt128, double>((int)(whole / RecordSize));
        for (var at = 0; at < bytes.Length; at += RecordSize)
            known.TryAdd(BinaryPrimitives.ReadUInt128LittleEndian(bytes.AsSpan(at)), BinaryPrimitives.ReadDoubleLittleEndian(bytes.AsSpan(at + 16)));
        return known;
    }

    /// <summary>The hash of a combination's canonical text.</summary>
    public static UInt128 HashOf(string text) => BinaryPrimitives.ReadUInt128LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
