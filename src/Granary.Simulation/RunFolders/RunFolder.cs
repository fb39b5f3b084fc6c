using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Granary.Engine;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Market;
using Granary.Reporting.Html.Pages;
using Granary.Reporting.Runs;
using Granary.Simulation.Passes;
using Granary.Storage.Files;

namespace Granary.Simulation.RunFolders;

/// <summary>A file cannot be written, for example because the disk is full.</summary>
internal sealed class DiskException(string message, Exception inner) : Exception(message, inner)
{
    /// <summary>Whether the finished work is kept, so the run can be resumed.</summary>
    public bool IsResumable { get; init; }

    /// <summary>Returns the fault of a job in one sentence if a file or folder caused it; otherwise the fault itself.</summary>
    /// <param name="runs">The folder of all runs: what wrote the file may not name it.</param>
    public static Exception OfJob(Exception fault, string runs) => CauseOf(fault) switch
    {
        (IOException or UnauthorizedAccessException) and var cause => new DiskException($"the disk failed ({cause.Message.TrimEnd('.')}); "
            + $"make room in {runs}, or correct its rights, and resume the job", cause),
        var cause => cause,
    };

    /// <summary>
    /// Returns the fault of a run's folder in one sentence. Of several attempts on a full disk the last one has the sentence of the first.
    /// </summary>
    /// <param name="isNew">Whether the folder was to be made.</param>
    /// <param name="isResumable">Whether the finished work is kept.</param>
    public static DiskException OfFolder(string path, Exception fault, bool isNew, bool isResumable) =>
        new($"the run's folder {path} cannot be {(isNew ? "made" : "written")}: {fault.Message.TrimEnd('.')}; make room, "
            + "or correct its rights" + (isResumable ? "; what had finished is kept, and the run can be resumed" : ""), fault)
        {
            IsResumable = isResumable,
        };

    /// <summary>Returns the first fault of several that work in parallel had.</summary>
    public static Exception CauseOf(Exception fault) =>
        fault is AggregateException { InnerExceptions: [var first, ..] } ? CauseOf(first) : fault;
}

/// <summary>
/// The folder of an active run. It keeps the finished work, so an interrupted run can be read and resumed.
/// </summary>
internal sealed class RunFolder : IDisposable
{
    /// <summary>Name of the file with the differences between a live session's account and its portfolio.</summary>
    public const string AccountGap = "account_gap.csv";

    /// <summary>Name of the file with the comparison of a live session with a backtest of its bars.</summary>
    public const string AgainstBacktest = "against_backtest.json";

    /// <summary>Prefix of files with the trades of a walk-forward at stressed costs.</summary>
    public const string Stressed = "stressed_";

    private readonly MetricCatalogue _metrics;
    private readonly string _progress;
    private FinishedLog? _log, _partial;

    private readonly long _attempt;

    private RunFolder(string path, MetricCatalogue metrics, long attempt)
    {
        (_metrics, _attempt) = (metrics, attempt);
        FullPath = path;
        _progress = Path.Combine(path, ProgressFolder.NameOf(attempt));
    }

    // In each format in which a run or an export writes them.
    private static readonly string[] _tables =
    [
        "trades", "signals", "factors", "portfolio_trades", "portfolio_fills", "rolls", "trades_by_model", "conditions", "allocations",
        "resampling", "predictions", "risk", "equity", "weights", "strategies", Stressed + "trades", Stressed + "portfolio_trades",
        Stressed + "portfolio_fills", "model_log", "model_decisions", "model_challengers", "windows", "trials", "account_trades",
        "account_equity", "account_gap", "orders", UniverseTable.Name,
    ];

    private static readonly string[] _extensions = [".csv", ".parquet", ".arrow"];

    // Files that a run writes. It excludes journals and control folders of live sessions: an account's history is never deleted.
    private static readonly string[] _files =
    [
        "results.json", "prod.json", "report.html", RunReport.AnalysisFile, "learning.json", "models.zip", "compare.html", AgainstBacktest,
        "account.json", "manifest.json", .. _tables.SelectMany(_ => _extensions, (table, extension) => table + extension),
    ];

    public string FullPath { get; }

    public string Name => Path.GetFileName(FullPath);

    /// <summary>Whether the folder was created for this run.</summary>
    public bool IsNew { get; private init; }

    /// <summary>Note on the previous content of the folder, if a new run replaces it; null if there was none.</summary>
    public RunNote? Replaced { get; private set; }

    /// <summary>Hash of everything that the results depend on; empty before <see cref="Begin"/>.</summary>
    public string Key { get; private set; } = "";

    /// <summary>When the first attempt of the run began.</summary>
    public DateTimeOffset Since { get; private set; }

    /// <summary>Deletes a folder that was created for this run.</summary>
    public void Discard()
    {
        Dispose();
        Directory.Delete(FullPath, recursive: true);
    }

    /// <summary>Outcomes that earlier, interrupted attempts have finished, by strategy index.</summary>
    public Dictionary<int, StrategyOutcome> Finished { get; } = [];

    /// <summary>Outcomes of trials on some of the bars, in the order in which their search proposed them.</summary>
    public Dictionary<int, StrategyOutcome> Partial { get; } = [];

    /// <summary>Whether this run resumes an earlier attempt at the same batch on the same bars.</summary>
    public bool Resumed { get; private set; }

    /// <summary>Returns the folder of a run that names none: <c>runs/NAME-UTC</c> below the working directory.</summary>
    public static string UsualPath(string name, DateTime now) =>
        Path.Combine("runs", name + "-" + now.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture));

    /// <summary>Opens the folder for a run.</summary>
    /// <param name="path">
    /// null = <see cref="UsualPath"/>; with <paramref name="resume"/> the newest interrupted one of that name.
    /// </param>
    /// <param name="metrics">Metrics of the strategies that an interrupted run had finished.</param>
    /// <param name="attempt">
    /// Number of this attempt if an earlier one may still be writing, for example on a silo that hangs. It is greater than those of all
    /// earlier attempts. With <paramref name="resume"/> their finished work is copied, and their folders are removed; without, see
    /// <see cref="RemoveEarlier"/>. 0 = only one attempt exists at a time.
    /// </param>
    /// <exception cref="InputException">There is no run to resume.</exception>
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
        path ??= UsualPath(name, now);
        var folder = new RunFolder(Path.GetFullPath(path), metrics, attempt)
        {
            IsNew = !Directory.Exists(path),
            Replaced = resume ? null : ReplacedBy(path)
        };
        try
        {
            if (attempt > 0 && resume) ProgressFolder.TakeOver(folder.FullPath, attempt);
            Directory.CreateDirectory(folder._progress);
            folder.RemoveUnfinished();
            folder.Since = folder.BeganAt(resume, now);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DiskException.OfFolder(folder.FullPath, e, folder.IsNew, isResumable: resume && !folder.IsNew);
        }
        return folder;
    }

    // An interrupted run keeps the time of its first attempt.
    private DateTimeOffset BeganAt(bool resume, DateTime now)
    {
        var path = Temporary(ProgressFolder.Began);
        if (resume && File.Exists(path) && DateTimeOffset.TryParse(File.ReadAllText(path), CultureInfo.InvariantCulture,
            DateTimeStyles.RoundtripKind, out var first))
            return first;
        return new DateTimeOffset(now, TimeSpan.Zero);
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
        return new RunNote(NoteCode.Output, $"This run took the place of another one in its folder: the run {which} is gone. "
            + "Give another --out, or none, to keep both.");
    }

    /// <summary>Executes the work of a run in this folder.</summary>
    /// <param name="resumable">Whether the run can be resumed. If not, a new folder is deleted when the run is cancelled.</param>
    /// <exception cref="InputException">The batch is invalid. A new folder without finished work has been deleted.</exception>
    /// <exception cref="BarDataException">The bars are invalid. A new folder without finished work has been deleted.</exception>
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
            throw DiskException.OfFolder(FullPath, e, isNew: false, resumable);
        }
    }

    /// <summary>Starts the log of finished strategies, or continues it if it belongs to the same batch on the same bars.</summary>
    /// <param name="key">Hash of everything that the results depend on.</param>
    /// <exception cref="InputException">The folder contains another run.</exception>
    public void Begin(string key, bool resume)
    {
        Key = key;
        var path = Path.Combine(_progress, ProgressFolder.Finished);
        if (resume && FinishedLog.Continue(path, key, _metrics, Finished) is { } found)
        {
            if (found.Log is null)
                throw new OtherRunException($"{FullPath} holds a run of another batch, or with other bars, members, plug-ins, recorded "
                    + "trades or models, which cannot be resumed with this one; run without --resume, or into another folder");
            (_log, Resumed) = (found.Log, true);
            if (found.Replaced is { } replaced) Replaced = new RunNote(NoteCode.Output, replaced);
            _partial = FinishedLog.Continue(Temporary(ProgressFolder.Stopped), key, _metrics, Partial)?.Log;
            return;
        }
        Finished.Clear();
        // Progress of another run would be continued when this one is resumed.
        ProgressFolder.Delete(_progress);
        Directory.CreateDirectory(_progress);
        File.WriteAllText(Temporary(ProgressFolder.Began), Since.ToString("O", CultureInfo.InvariantCulture));
        _log = FinishedLog.Create(path, key, Replaced?.Sentence, _metrics);
    }

    // Deletes files that an earlier attempt was writing when it ended.
    private void RemoveUnfinished()
    {
        foreach (var folder in (string[])[FullPath, PathOf("trades")])
            if (Directory.Exists(folder))
                foreach (var (path, target) in AtomicFile.LeftoversIn(folder))
                    if (folder != FullPath || _files.Contains(target, StringComparer.Ordinal))
                        File.Delete(path);
    }

    /// <summary>
    /// Removes the files of the run that this one replaces, so no folder mixes two runs. Journals of live sessions are kept.
    /// </summary>
    public void RemoveReplaced()
    {
        if (Replaced is null) return;
        foreach (var file in _files) File.Delete(PathOf(file));
        if (Directory.Exists(PathOf("trades"))) Directory.Delete(PathOf("trades"), recursive: true);
    }

    /// <summary>Removes the work of earlier attempts, which do not write any more.</summary>
    public void RemoveEarlier() => ProgressFolder.RemoveEarlier(FullPath, _attempt);

    /// <summary>Stores the outcomes of finished strategies.</summary>
    public void Keep(IReadOnlyList<StrategyOutcome> outcomes)
    {
        foreach (var outcome in outcomes) Finished[outcome.Index] = outcome;
        _log!.Append(outcomes);
    }

    /// <summary>Stores outcomes of trials on some of the bars.</summary>
    /// <param name="outcomes">With their position among all such outcomes as index.</param>
    public void KeepPartial(IReadOnlyList<StrategyOutcome> outcomes)
    {
        foreach (var outcome in outcomes) Partial[outcome.Index] = outcome;
        _partial ??= FinishedLog.Create(Temporary(ProgressFolder.Stopped), Key, null, _metrics);
        _partial.Append(outcomes);
    }

    public string Temporary(string name) => Path.Combine(_progress, name);

    public string PathOf(string name) => Path.Combine(FullPath, name);

    /// <summary>Completes the run: removes files that were only needed to resume it.</summary>
    public void Complete()
    {
        Dispose();
        ProgressFolder.Delete(_progress);
    }

    public void Dispose()
    {
        _log?.Dispose();
        _partial?.Dispose();
        (_log, _partial) = (null, null);
    }

    /// <summary>Returns the SHA-256 hash of texts, lower-case hex.</summary>
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
}
