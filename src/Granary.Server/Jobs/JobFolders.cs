using System.Globalization;
using System.Text.Json;
using Granary.Contracts.Jobs;
using Granary.Engine;
using Granary.Simulation.Json;
using Granary.Simulation.RunFolders;

namespace Granary.Server.Jobs;

/// <summary>
/// The folders of a process's jobs. In addition to its own files, a job's folder has <c>.submission/</c> with the job's text and its last
/// durable status. Thread-safe.
/// </summary>
internal sealed class JobFolders
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromSeconds(0.25), s_longestPause = TimeSpan.FromSeconds(10);

    private const string AtWork = "at-work", Deaths = "deaths";

    private readonly string _runs;
    private readonly TimeProvider _clock;
    private readonly Lock _gate = new();

    /// <param name="runs">The folder of all runs; created if missing.</param>
    public JobFolders(string runs, TimeProvider clock)
    {
        (_runs, _clock) = (Path.GetFullPath(runs), clock);
        Directory.CreateDirectory(_runs);
    }

    /// <summary>Why the end of a job cannot be stored, in one sentence; null if it can.</summary>
    public string? Fault { get; private set; }

    /// <summary>The folder of all runs.</summary>
    public string Runs => _runs;

    /// <summary>The folder for the files of a job.</summary>
    public string Of(string id) => Path.Combine(_runs, id);

    private string SubmissionOf(string id) => Path.Combine(_runs, id, RunLibrary.JobFolder);

    /// <summary>Names of the files that callers may open, sorted.</summary>
    public string[] FilesOf(string id) => [.. Directory.EnumerateFiles(Of(id)).Select(f => Path.GetFileName(f)!)
        .Where(f => !f.StartsWith('.')).Order(StringComparer.Ordinal)];

    /// <summary>Stores an accepted job.</summary>
    /// <exception cref="ServiceUnavailableException">The disk failed.</exception>
    public async Task WriteAsync(SubmittedJob submitted, JobStatus status, CancellationToken cancellationToken)
    {
        var folder = SubmissionOf(status.Id);
        try
        {
            await submitted.WriteAsync(folder, cancellationToken).ConfigureAwait(false);
            await SubmittedJob.WriteStatusAsync(folder, status).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ServiceUnavailableException($"the job cannot be stored ({e.Message}); make room in {folder}, "
                + "or correct its rights, and submit it again", e);
        }
    }

    /// <summary>Returns the text of an accepted job.</summary>
    public SubmittedJob Read(string id) => SubmittedJob.Read(SubmissionOf(id));

    /// <summary>Returns the jobs that were accepted here.</summary>
    /// <exception cref="InputException">A folder is damaged.</exception>
    public IEnumerable<JobEntry> ReadAll()
    {
        foreach (var run in Directory.EnumerateDirectories(_runs))
        {
            var own = Path.Combine(run, RunLibrary.JobFolder);
            if (SubmittedJob.IsIn(own)) yield return Read(run, own); // others were not submitted here, or never acknowledged
        }
    }

    private static JobEntry Read(string run, string own)
    {
        try
        {
            var status = SubmittedJob.ReadStatus(own);
            // A job that had begun continues from what it has finished.
            var begun = !status.Ended && status.StartedAt is not null;
            if (begun) CountDeath(own);
            return new JobEntry(status, SubmittedJob.Read(own)) { Resumes = begun, IsRecovered = begun };
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            throw new InputException($"{own} cannot be read ({e.Message}); put back a copy of it or remove {run}", e);
        }
    }

    /// <summary>
    /// Records that the process works on a job. Where it ends before <see cref="Leave"/>, the next process counts its death.
    /// </summary>
    public void Enter(string id) => Try(() => File.WriteAllText(Path.Combine(SubmissionOf(id), AtWork), ""));

    /// <summary>Records that the process does not work on a job any more.</summary>
    public void Leave(string id) => Try(() => File.Delete(Path.Combine(SubmissionOf(id), AtWork)));

    /// <summary>How often a process has ended in the work on a job, since the job finished anything new.</summary>
    public int DeathsOf(string id) => DeathsIn(SubmissionOf(id));

    /// <summary>Begins to count again: the job has finished something, or a person resumes it.</summary>
    public void ForgetDeaths(string id) => Try(() => File.Delete(Path.Combine(SubmissionOf(id), Deaths)));

    private static void CountDeath(string own) => Try(() =>
    {
        if (!File.Exists(Path.Combine(own, AtWork))) return;
        File.WriteAllText(Path.Combine(own, Deaths), (DeathsIn(own) + 1).ToString(CultureInfo.InvariantCulture));
        File.Delete(Path.Combine(own, AtWork));
    });

    private static int DeathsIn(string own) => File.Exists(Path.Combine(own, Deaths))
        && int.TryParse(File.ReadAllText(Path.Combine(own, Deaths)), NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : 0;

    // On a full disk a death is not counted, and the job runs again.
    private static void Try(Action change)
    {
        try
        {
            change();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    /// <summary>Writes the newest status; the writes of one job are sequential.</summary>
    public Task SaveAsync(JobEntry entry)
    {
        lock (_gate) return entry.Written = AfterAsync(entry.Written);

        async Task AfterAsync(Task before)
        {
            await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await SubmittedJob.WriteStatusAsync(SubmissionOf(entry.Id), entry.Status).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Writes the newest status as soon as the disk allows it. Until then it is kept in memory. Returns without a write when the process
    /// stops, and when the job was removed together with its folder.
    /// </summary>
    public async Task SaveWhenPossibleAsync(JobEntry entry, CancellationToken stopping)
    {
        for (var pause = s_firstPause; ; pause = pause < s_longestPause ? pause * 2 : pause)
        {
            try
            {
                await SaveAsync(entry).ConfigureAwait(false);
                Fault = null;
                return;
            }
            catch (DirectoryNotFoundException) when (Directory.Exists(_runs) && !Path.Exists(Of(entry.Id)))
            {
                Fault = null;
                return;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Fault = $"the status of {entry.Id} cannot be written ({e.Message.TrimEnd('.')}); make room in {_runs}";
            }
            try
            {
                await Task.Delay(pause, _clock, stopping).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return; // the next start runs the job again
            }
        }
    }
}
